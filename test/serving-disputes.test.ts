import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema } from '../serving/openapi/answers.ts';
import { usualWorld } from './serving/world.ts';

const world = usualWorld();
let server: RunningServer;
beforeAll(async () => {
  server = await startServer(world.deps, { port: 0 });
});
afterAll(() => server.close());

async function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const get = async (path: string): Promise<unknown> => (await fetch(server.url + path)).json();
const disputed = (customerId: string, about: unknown) =>
  post(`/v1/customers/${customerId}/disputes`, { about, claim: 'This is wrong.' });

describe('a dispute', () => {
  it('is about a rating of this customer, or is refused and not put on record', async () => {
    const { body } = await post('/v1/ratings', { customerId: 'C-001' });
    const ratingId = String(body['ratingId']);
    const unknown = await disputed('C-001', { kind: 'rating', ratingId: '999-0123456789abcdef' });
    expect([unknown.status, problemSchema.parse(unknown.body).code]).toEqual([404, 'UNKNOWN_RATING']);
    const other = await disputed('C-002', { kind: 'rating', ratingId });
    expect([other.status, problemSchema.parse(other.body).problems]).toMatchObject([400, [{ at: 'about.ratingId' }]]);
    expect(await world.deps.disputes.waiting({ limit: 10 })).toEqual([]);
    expect((await disputed('C-001', { kind: 'rating', ratingId })).status).toBe(201);
  });

  it('is listed page by page, in the queue and of its customer', async () => {
    for (const key of ['a', 'b', 'c'])
      await disputed('C-007', { kind: 'fact', table: 'invoices', key: { invoice_id: key } });
    const claims = async (path: string): Promise<unknown[]> => {
      const found: unknown[] = [];
      for (let cursor = ''; ;) {
        const page = await get(`${path}&limit=2${cursor}`);
        const { items, nextCursor } = page as {
          items: { about: { key?: { invoice_id: string } } }[];
          nextCursor: string | null;
        };
        found.push(...items.map(({ about }) => about.key?.invoice_id ?? 'rating'));
        if (nextCursor === null) return found;
        cursor = `&cursor=${nextCursor}`;
      }
    };
    expect(await claims('/v1/disputes?purpose=work')).toEqual(['rating', 'a', 'b', 'c']);
    expect(await claims('/v1/customers/C-007/disputes?purpose=work')).toEqual(['a', 'b', 'c']);
  });

  it('has an id of its Idempotency-Key, that of this customer alone', async () => {
    const about = { kind: 'fact', table: 'invoices', key: { invoice_id: 'INV-9' } };
    const keyed = (customerId: string) =>
      post(`/v1/customers/${customerId}/disputes`, { about, claim: 'Paid.' }, { 'idempotency-key': 'crm-1' });
    const [one, again, other] = [await keyed('C-001'), await keyed('C-001'), await keyed('C-002')];
    expect([one.status, again.status, other.status]).toEqual([201, 201, 201]);
    expect(one.body['disputeId']).toBe(again.body['disputeId']);
    expect(one.body['disputeId']).not.toBe(other.body['disputeId']);
  });

  it('is about an entry that the credit file has', async () => {
    const none = await disputed('C-001', { kind: 'entry', entryKind: 'note', entryId: 'no-such-entry' });
    expect([none.status, problemSchema.parse(none.body).problems]).toMatchObject([400, [{ at: 'about.entryId' }]]);
  });

  it('is upheld with what is right said once, in its place, and not otherwise decided with it', async () => {
    const { body } = await post('/v1/ratings', { customerId: 'C-002', facts: { age: 17 } });
    const opened = await disputed('C-002', { kind: 'rating', ratingId: body['ratingId'] });
    const act = (event: object) =>
      post(`/v1/customers/C-002/disputes/${String(opened.body['disputeId'])}/events`, { reason: 'seen', ...event });
    const removed = { removed: true };
    for (const [event, at] of [
      [{ kind: 'uphold', entry: {} }, 'entry'],
      [{ kind: 'uphold', entry: { ...removed, version: 2 } }, 'entry'],
      [{ kind: 'uphold', entry: { ...removed, happenedAt: '2026-01-01' } }, 'entry.happenedAt'],
      [{ kind: 'reject', entry: removed }, 'entry'],
      [{ kind: 'withdraw', facts: { age: 40 } }, 'facts'],
      [{ kind: 'uphold', facts: { age: -1 } }, 'facts.age'],
    ] as const) {
      const refused = await act(event);
      expect([refused.status, problemSchema.parse(refused.body).problems]).toMatchObject([400, [{ at }]]);
    }
    const entry = await act({ kind: 'uphold', entry: removed });
    expect([entry.status, problemSchema.parse(entry.body).code]).toEqual([409, 'DISPUTE_REFUSED']);
  });
});
