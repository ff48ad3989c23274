import { fc, it as property } from '@fast-check/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { Database } from '../database/index.ts';
import { createFacts, type Acknowledged, type Facts, type NewFact } from './index.ts';

let server: TestDatabase;
let database: Database;
let runs = 0;

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

  it('of some customers are theirs and those of nobody, in order, after a place', async () => {
    const facts = createFacts(database, 'some' as Tenant);
    const series: NewFact = {
      table: 'market_series',
      values: { indicator: 'confidence', industry: null, region: null, period: '2026-01-01', value: 1 },
      happenedAt: instant('2026-01-05'),
      source: 'erp',
      idempotencyKey: null,
    };
    await facts.append([payment('a', 'p1'), payment('b', 'p2'), series, payment('c', 'p3'), payment('d', 'p1')]);
    const sequences = async (entities: readonly string[], after: number) =>
      (await facts.of(entities, after)).map(({ sequence }) => sequence);
    expect(await sequences(['p1', 'p2'], 0)).toEqual([1, 2, 3, 5]);
    expect(await sequences(['p1'], 1)).toEqual([3, 5]);
    expect(await sequences([], 0)).toEqual([3]);
    const each = await Promise.all(['p1', 'p3'].map((entity) => facts.since(0, { entity })));
    const together = [...new Map(each.flat().map((fact) => [fact.sequence, fact])).values()];
    expect(await facts.of(['p1', 'p3'], 0)).toEqual(together.toSorted((a, b) => a.sequence - b.sequence));
  });

  it('that are sent again are the same facts', async () => {
    const facts = createFacts(database, 'again' as Tenant);
    const first = await facts.append([payment('a'), payment('b')]);
    expect(await facts.append([payment('b'), payment('a')])).toEqual(
      [first[1], first[0]].map((fact) => ({ ...fact, repeated: true })),
    );
    expect(await facts.head()).toBe(2);
  });

  property.prop(
    [
      fc.array(
        fc.record({
          source: fc.constantFrom('erp', 'crm'),
          idempotencyKey: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null }),
          amount: fc.constantFrom('1.00', '2.00'),
        }),
        { maxLength: 12 },
      ),
    ],
    { numRuns: 15 },
  )('together are what they are one after the other: places, repetitions and what stands', async (drawn) => {
    const [together, apart] = ['together', 'apart'].map((name) =>
      createFacts(server.database, `${name}-${runs++}` as Tenant),
    );
    const facts = drawn.map(({ source, idempotencyKey, amount }) => ({
      table: 'payments',
      values: { payment_id: 'p', party_id: 'c-1', amount },
      happenedAt: instant('2026-01-01'),
      source,
      idempotencyKey,
    }));
    const told = (all: readonly Acknowledged[]) => all.map((fact) => ({ ...fact, knownFrom: null }));
    const one: Acknowledged[] = [];
    for (const fact of facts) one.push(...(await apart!.append([fact])));
    expect(told(await together!.append(facts))).toEqual(told(one));
    const stored = async (of: Facts) => (await of.since(0)).map((fact) => ({ ...fact, knownFrom: null }));
    expect(await stored(together!)).toEqual(await stored(apart!));
  });

  it('may be thousands at once', async () => {
    const many = createFacts(server.database, `many-${runs++}` as Tenant);
    const facts = Array.from({ length: 2_500 }, (_, i) => ({
      table: 'payments',
      values: { payment_id: `p-${i}`, party_id: 'c-1', amount: '1.00' },
      happenedAt: instant('2026-01-01'),
      source: 'erp',
      idempotencyKey: `p-${i}`,
    }));
    expect((await many.append(facts)).at(-1)).toMatchObject({ sequence: 2_500, repeated: false });
    expect((await many.append(facts)).every(({ repeated }) => repeated)).toBe(true);
    expect(await many.head()).toBe(2_500);
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
