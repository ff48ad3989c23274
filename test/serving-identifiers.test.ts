import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { usualWorld, type World } from './serving/world.ts';

const MOBILE = '13900007731';
const DIRECT = [MOBILE, 'zhao@example.net', '11010519491231002X', '+8613900007731'];

let world: World;
let server: RunningServer | undefined;

beforeEach(() => {
  world = usualWorld();
});
afterEach(() => server?.close());

async function ask(path: string, body: unknown, method = 'POST', type = 'application/json') {
  server ??= await startServer(world.deps, { port: 0 });
  const response = await fetch(server.url + path, {
    method,
    headers: { 'content-type': type },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text };
}
afterEach(() => {
  server = undefined;
});

const cloudEvent = (of: object) => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/crm',
  type: 'probity.customer.v1',
  subject: 'c-1',
  time: '2026-05-31T10:00:00Z',
  ...of,
});

describe('what names a person outright', () => {
  it('is refused as the id of a customer, wherever one is rated or something begins to be held', async () => {
    const holding = Object.entries(OPERATIONS).filter(
      ([id, { method, path }]) =>
        path.startsWith('/v1/customers/{customerId}') && ['POST', 'PUT'].includes(method) && id !== 'eraseCustomer',
    );
    expect(holding.length).toBeGreaterThan(6);
    for (const id of DIRECT) {
      const rated = await ask('/v1/ratings', { customerId: id });
      expect([rated.status, rated.text.includes('customerKeys'), rated.text.includes(id)]).toEqual([400, true, false]);
      const row = await ask('/v1/ratings:batch', JSON.stringify({ customerId: id }), 'POST', 'application/x-ndjson');
      expect(row.text).toContain('INVALID_INPUT');
      for (const [, { method, path }] of holding) {
        const place = path.replace('{customerId}', encodeURIComponent(id)).replaceAll(/\{\w+\}/g, 'x');
        const refused = await ask(place, { reason: 'x' }, method);
        expect([place, refused.status, refused.text.includes('names a person')]).toEqual([place, 400, true]);
      }
    }
    expect(world.recorded).toHaveLength(0);
  });

  it('is refused in facts: in ids, texts, attributes and their names, and where a digest belongs', async () => {
    const event = (table: string, values: object) => ({ events: [{ table, values, happenedAt: '2026-01-01' }] });
    const contact = { contact_id: 'k', party_id: 'c-1', kind: 'phone' };
    for (const text of DIRECT) {
      const bodies: (readonly [string, object])[] = [
        ['party_id', event('parties', { party_id: text, kind: 'person' })],
        ['region', event('parties', { party_id: 'c-1', kind: 'person', region: `近 ${text} 处` })],
        ['digest', event('contacts', { ...contact, digest: text })],
        ['guarantor_party_id', event('guarantees', { guarantee_id: 'g', party_id: 'c-1', guarantor_party_id: text })],
      ];
      for (const [column, body] of bodies) {
        const { status, text: told } = await ask('/v1/events', body);
        expect([column, status, told.includes(column)]).toEqual([column, 400, true]);
      }
      for (const attributes of [{ note: text }, { note: `ask ${text}, please` }, { [`of ${text}`]: 7 }]) {
        const { status } = await ask(
          '/v1/events',
          cloudEvent({ data: { kind: 'person', attributes } }),
          'POST',
          'application/cloudevents+json',
        );
        expect([JSON.stringify(attributes), status]).toEqual([JSON.stringify(attributes), 400]);
      }
      const { status } = await ask(
        '/v1/events',
        cloudEvent({ subject: text, data: { kind: 'person' } }),
        'POST',
        'application/cloudevents+json',
      );
      expect(status).toBe(400);
    }
    expect((await ask('/v1/events', event('contacts', { ...contact, digest: 'Zhao Wuji' }))).status).toBe(400);
    expect(world.facts).toEqual([]);
  });

  it('is not seen in numbers of orders, in digests and in amounts', async () => {
    const events = [
      { table: 'orders', values: { order_id: MOBILE, party_id: 'c-1', amount: MOBILE, status: 'open' } },
      { table: 'contacts', values: { contact_id: MOBILE, party_id: 'c-1', kind: 'phone', digest: 'a1'.repeat(16) } },
    ].map((each) => ({ ...each, happenedAt: '2026-01-01' }));
    const { status, text } = await ask('/v1/events', { events });
    expect([status, text]).toEqual([201, expect.anything()]);
  });

  it('is the number of a customer where the project says so: eleven digits only', async () => {
    world = { ...world, deps: { ...world.deps, customerKeys: { elevenDigits: true } } };
    const of = (id: string) => ({
      events: [{ table: 'parties', values: { party_id: id, kind: 'person' }, happenedAt: '2026-01-01' }],
    });
    expect((await ask('/v1/events', of(MOBILE))).status).toBe(201);
    expect((await ask('/v1/ratings', { customerId: MOBILE })).status).toBe(404);
    expect((await ask('/v1/events', of('139-0000-7731'))).status).toBe(400);
    expect((await ask('/v1/events', of('zhao@example.net'))).status).toBe(400);
  });

  it('may be read, exported and erased where it is held of before', async () => {
    const at = `/v1/customers/${MOBILE}`;
    expect((await ask(`${at}/file?purpose=check`, undefined, 'GET')).status).toBe(200);
    expect((await ask(`${at}/export?purpose=right-of-access`, undefined, 'GET')).status).toBe(200);
    expect((await ask(`${at}/erasure`, { reason: 'ticket 1' })).text).not.toContain('names a person');
  });
});
