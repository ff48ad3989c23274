import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { Database } from '../database/index.ts';
import { createFacts, type NewFact } from './index.ts';

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await startTestDatabase();
  ({ database } = server);
});

afterAll(() => server?.stop());

function payment(id: string, party = 'p1'): NewFact {
  return {
    table: 'payments',
    values: { payment_id: id, party_id: party, amount: '120.50' },
    happenedAt: instant('2026-01-05'),
    source: 'erp',
    idempotencyKey: id,
  };
}

describe('acknowledged facts', () => {
  it('are in order without gaps, also when many append at once', async () => {
    const facts = createFacts(database, 'parallel' as Tenant);
    await Promise.all(Array.from({ length: 20 }, async (_, i) => facts.append([payment(`x${i}`), payment(`y${i}`)])));
    const all = await facts.since(0);
    expect(all.map((fact) => fact.sequence)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(await facts.head()).toBe(40);
    const known = all.map((fact) => fact.knownFrom);
    expect(known).toEqual(known.toSorted());
  });

  it('that are sent again are the same facts', async () => {
    const facts = createFacts(database, 'again' as Tenant);
    const first = await facts.append([payment('a'), payment('b')]);
    expect(await facts.append([payment('b'), payment('a')])).toEqual(
      [first[1], first[0]].map((fact) => ({ ...fact, repeated: true })),
    );
    expect(await facts.head()).toBe(2);
  });

  it('are read by customer and after a sequence', async () => {
    const facts = createFacts(database, 'by-customer' as Tenant);
    await facts.append([payment('a', 'p1'), payment('b', 'p2'), payment('c', 'p1')]);
    expect((await facts.since(1, { entity: 'p1' })).map((fact) => fact.values['payment_id'])).toEqual(['c']);
    expect(await createFacts(database, 'nobody' as Tenant).since(0)).toEqual([]);
  });
});

describe('a connection that the server ends', () => {
  it('is told as an unreachable database, to be tried again, and the next query has a new one', async () => {
    const end = sql`select pg_terminate_backend(pg_backend_pid())`.execute(database.db);
    await expect(end).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    await expect(createFacts(database, 'other' as Tenant).head()).resolves.toBe(0);
  });

  it('is not confused with a statement that is wrong', async () => {
    await expect(sql`select nothing`.execute(database.db)).rejects.not.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });
});
