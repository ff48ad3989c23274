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

async function post(body: unknown) {
  const response = await fetch(`${server.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as { problems?: { at: string; message: string; fix?: string }[] },
  };
}

const payment = {
  table: 'payments',
  values: { payment_id: 'p1', party_id: 'late', invoice_id: 'i1', amount: '120.50' },
  happenedAt: '2026-05-31',
  idempotencyKey: 'k1',
};

describe('events', () => {
  it('that fit their contract are stored and acknowledged with sequence and known-at', async () => {
    const { status, body } = await post({ source: 'erp', events: [payment] });
    expect([status, body]).toEqual([
      201,
      {
        acknowledged: 1,
        facts: [{ sequence: 1, knownFrom: '2026-06-01T12:00:00.000Z', repeated: false, differs: false }],
      },
    ]);
    expect(world.facts).toEqual([{ ...payment, happenedAt: '2026-05-31T00:00:00.000Z', source: 'erp' }]);
  });

  it('from the source of corrections of disputes are refused: it is Probity’s own', async () => {
    const { status, body } = await post({ source: 'dispute', events: [payment] });
    expect([status, body.problems?.map(({ at }) => at)]).toEqual([400, ['source']]);
    expect(world.facts).toEqual([]);
  });

  it('of years that neither sort as text nor fit the database are refused, at both ends', async () => {
    const instants = ['0000-01-01', '0000-12-31T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:00:00-14:00'];
    const { status, body } = await post({ events: instants.map((happenedAt) => ({ ...payment, happenedAt })) });
    expect(status).toBe(400);
    expect(new Set(body.problems?.map(({ at }) => at))).toEqual(
      new Set(instants.map((_, i) => `events.${i}.happenedAt`)),
    );
    expect((await post({ events: [{ ...payment, happenedAt: '0001-01-01' }] })).status).toBe(201);
  });

  it('with any problem are refused as a whole, every problem of every event named', async () => {
    const { status, body } = await post({
      events: [
        payment,
        { ...payment, tabel: 'x' },
        { ...payment, table: 'payment' },
        { ...payment, happenedAt: '2027-01-01' },
        { ...payment, values: { payment_id: '', party: 'late', amount: -1 } },
        { ...payment, values: { ...payment.values, amount: 1.234 } },
        { ...payment, values: { ...payment.values, amount: 1e300 } },
        { ...payment, values: { ...payment.values, party_id: 'a\u0000b' } },
        { table: 'parties', values: { party_id: 'x', kind: 'alien', born_on: '2020-02-31' }, happenedAt: '2020-01-01' },
        {
          table: 'invoices',
          values: { invoice_id: 'i', party_id: 'x', issued_on: '2020-02-02', due_on: '2020-01-01', amount: 'NaN' },
          happenedAt: '2020-01-01',
        },
        'no event',
      ],
    });
    expect(status).toBe(400);
    expect(body.problems?.map(({ at }) => at)).toEqual([
      'events.1.tabel',
      'events.2.table',
      'events.3.happenedAt',
      'events.4.values.party',
      'events.4.values.payment_id',
      'events.4.values.party_id',
      'events.4.values.amount',
      'events.5.values.amount',
      'events.6.values.amount',
      'events.7.values.party_id',
      'events.8.values.kind',
      'events.8.values.born_on',
      'events.9.values.amount',
      'events.9.values.issued_on',
      'events.10',
    ]);
    expect(body.problems?.[1]?.fix).toBe('Did you mean payments?');
    expect(world.facts).toEqual([]);
  });

  it.each([
    [
      '__proto__ as a column',
      '{"events":[{"table":"payments","happenedAt":"2020-01-01","values":{"__proto__":{"a":1}}}]}',
    ],
    ['__proto__ as a table', '{"events":[{"table":"__proto__","happenedAt":"2020-01-01","values":{}}]}'],
    ['no events', '{"events":[]}'],
    ['null', 'null'],
    ['values that are a list', '{"events":[{"table":"payments","happenedAt":"2020-01-01","values":[]}]}'],
    ['a year beyond dates', '{"events":[{"table":"payments","happenedAt":"9999-99-99","values":{}}]}'],
  ])('%s are refused with 400', async (_name, body) => {
    expect((await post(body)).status).toBe(400);
  });
});
