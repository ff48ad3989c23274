import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../serving/index.ts';
import { usualWorld, type World } from './serving/world.ts';

let world: World;
let server: RunningServer;

beforeEach(async () => {
  world = usualWorld();
  server = await startServer(world.deps, { port: 0 });
});
afterEach(() => server.close());

async function post(body: unknown, type = 'application/cloudevents-batch+json') {
  const response = await fetch(`${server.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as { problems?: { at: string; message: string; fix?: string }[] },
  };
}

const payment = {
  specversion: '1.0',
  id: 'p-1',
  source: '/erp',
  type: 'probity.payment.v1',
  subject: 'c-1',
  time: '2026-05-31T10:00:00+02:00',
  data: { payment_id: 'p1', invoice_id: 'i1', amount: '120.50' },
};

describe('CloudEvents', () => {
  it('become rows of their tables: source and id are the key, time is when it was so, subject the customer', async () => {
    const { status } = await post(payment, 'application/cloudevents+json; charset=utf-8');
    expect(status).toBe(201);
    expect(world.facts).toEqual([
      {
        table: 'payments',
        values: { payment_id: 'p1', party_id: 'c-1', invoice_id: 'i1', amount: '120.50' },
        happenedAt: '2026-05-31T08:00:00.000Z',
        source: '/erp',
        idempotencyKey: 'p-1',
        ordered: true,
      },
    ]);
  });

  it.each([
    ['customer', 'parties', { kind: 'company' }],
    ['order', 'orders', { order_id: 'o', amount: 7, status: 'open' }],
    [
      'invoice',
      'invoices',
      { invoice_id: 'i', issued_on: '2026-01-01', due_on: '2026-01-31', amount: 7, disputed: false },
    ],
    ['payment', 'payments', { payment_id: 'p', amount: 7 }],
    ['contact', 'contacts', { contact_id: 'k', kind: 'email', digest: 'd1'.repeat(16) }],
    ['contract', 'commercial_contracts', { contract_id: 'v', performance: 'late' }],
  ])('of a %s go to %s', async (name, table, data) => {
    expect(await post([{ ...payment, type: `probity.${name}.v1`, data }])).toMatchObject({ status: 201 });
    expect(world.facts).toMatchObject([{ table, values: { ...data, party_id: 'c-1' } }]);
  });

  it('of a customer carry own attributes, each a row with a key of its own', async () => {
    const data = { kind: 'person', attributes: { culture: 3, channel: 'shop', rank: null } };
    expect((await post([{ ...payment, type: 'probity.customer.v1', data }])).status).toBe(201);
    expect(world.facts.map(({ table, values }) => [table, values])).toEqual([
      ['parties', { party_id: 'c-1', kind: 'person' }],
      ['party_attributes', { party_id: 'c-1', name: 'culture', number_value: 3 }],
      ['party_attributes', { party_id: 'c-1', name: 'channel', text_value: 'shop' }],
      ['party_attributes', { party_id: 'c-1', name: 'rank', number_value: null }],
    ]);
    expect(new Set(world.facts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(4);
  });

  it('with any problem are refused as a whole, every problem of every event named', async () => {
    const { status, body } = await post([
      payment,
      { ...payment, specversion: '0.3' },
      { ...payment, type: 'probity.payments.v1' },
      { ...payment, time: '2027-01-01' },
      { ...payment, subject: 'c-2', data: { ...payment.data, party_id: 'c-1' } },
      { ...payment, data: { payment: 'p1', amount: -1 } },
      { ...payment, data: { ...payment.data, attributes: {} } },
      { ...payment, data_base64: 'AA==', traceparent: '00-1', Bad: 1 },
      { ...payment, data: undefined, source: '' },
      { ...payment, type: 'probity.customer.v1', data: { kind: 'person', attributes: { a: true } } },
      'no event',
    ]);
    expect(status).toBe(400);
    expect(body.problems?.map(({ at }) => at)).toEqual([
      '1.specversion',
      '2.type',
      '3.time',
      '4.data.party_id',
      '5.data.payment',
      '5.data.payment_id',
      '5.data.amount',
      '6.data.attributes',
      '7.data_base64',
      '7.Bad',
      '8.source',
      '8.data',
      '9.data.attributes.a',
      '10',
    ]);
    expect(body.problems?.[1]?.fix).toBe('Did you mean probity.payment.v1?');
    expect(world.facts).toEqual([]);
  });

  it.each([
    ['a list where one is sent', [payment], 'application/cloudevents+json'],
    ['one where a list is sent', payment, 'application/cloudevents-batch+json'],
    ['an empty list', [], 'application/cloudevents-batch+json'],
    ['no object', 'null', 'application/cloudevents+json'],
    ['__proto__ as data', '{"specversion":"1.0","__proto__":{"id":"x"}}', 'application/cloudevents+json'],
  ])('%s is refused with 400', async (_name, body, type) => {
    expect((await post(body, type)).status).toBe(400);
  });
});
