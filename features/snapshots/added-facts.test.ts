import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant } from '../../base/index.ts';
import { insertRaw, rawDatabase } from '../../test/support/raw-fixture.ts';
import { readableColumns } from '../asof/index.ts';
import { addFacts, type AddedFact } from './added-facts.ts';

let raw: Awaited<ReturnType<typeof rawDatabase>>;
beforeAll(async () => {
  raw = await rawDatabase(1);
  const line = (credit_line_id: string, known_from: string, limit_amount: number) => ({
    table: 'credit_lines',
    values: {
      credit_line_id,
      party_id: 'p',
      kind: 'trade',
      limit_amount,
      balance: 5,
      happened_at: day(2),
      known_from,
    },
  });
  await insertRaw(raw.connection, [line('a', day(2), 1000), line('b', day(12), 900)]);
});
afterAll(() => raw?.close());

const day = (of: number): string => `2026-01-${String(of).padStart(2, '0')}`;
const shapeOf = (table: string): string =>
  readableColumns(table)
    .map(([column]) => `"${column}"`)
    .join(', ');
const TABLES = ['credit_lines', 'market_series', 'financial_statements'] as const;

/** What facts may say of a few rows: of a key of text, of one with gaps, of one with a date. */
const valuesOf = fc.oneof(
  fc.record({
    table: fc.constant('credit_lines'),
    values: fc.record({
      credit_line_id: fc.constantFrom('a', 'b', 'it’s "c"\0'),
      party_id: fc.constantFrom('p', 'q'),
      kind: fc.constant('trade'),
      limit_amount: fc.constantFrom('1000', '1000.00', 1000.5),
      balance: fc.constantFrom(null, 0, 5),
    }),
  }),
  fc.record({
    table: fc.constant('market_series'),
    values: fc.record({
      indicator: fc.constant('confidence'),
      industry: fc.constantFrom(null, 'trade'),
      region: fc.constant(null),
      period: fc.constantFrom('2026-01-01', '2026-02-01'),
      value: fc.constantFrom(-0, 0, 1.5),
    }),
  }),
  fc.record({
    table: fc.constant('financial_statements'),
    values: fc.record({
      party_id: fc.constant('p'),
      period_end: fc.constantFrom('2025-12-31', '2024-12-31'),
      kind: fc.constant('annual'),
      revenue: fc.constantFrom(null, 10, '10.00', 11),
    }),
  }),
);
const stories = fc
  .array(
    fc.record({
      of: valuesOf,
      happened: fc.integer({ min: 1, max: 4 }),
      wait: fc.integer({ min: 0, max: 1 }),
      ordered: fc.boolean(),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((drawn) => {
    let known = 10;
    return drawn.map(({ of, happened, wait, ordered }, i): AddedFact => {
      known += wait;
      return { ...of, happenedAt: instant(day(happened)), knownFrom: instant(day(known)), sequence: i + 1, ordered };
    });
  });

/** The tables as they were before: a line that facts change, one that is known only after some of them. */
async function published(): Promise<void> {
  for (const table of TABLES)
    await raw.connection.run(
      `CREATE OR REPLACE TEMP TABLE online_${table} AS SELECT ${shapeOf(table)} FROM raw.${table}`,
    );
}
async function held(): Promise<unknown[]> {
  const tables: unknown[] = [];
  for (const table of TABLES)
    tables.push(
      (await raw.connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM online_${table} ORDER BY rowid`)).getRows(),
    );
  return tables;
}
const tableOf = (name: string): string => `online_${name}`;

it('many facts at once leave the rows, their clocks and their order as fact after fact does', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (facts) => {
      await published();
      await addFacts(raw.connection, facts.toReversed(), tableOf);
      const together = await held();
      await published();
      for (const fact of facts) await addFacts(raw.connection, [fact], tableOf);
      expect(together).toEqual(await held());
    }),
    { numRuns: 25 },
  );
});

it('a fact that says what stands is nothing new, one that changes it ends it, an ordered older one does neither', async () => {
  await published();
  const fact = (sequence: number, limit: string, happened: number, ordered = false): AddedFact => ({
    table: 'credit_lines',
    values: { credit_line_id: 'a', party_id: 'p', kind: 'trade', limit_amount: limit, balance: 5 },
    happenedAt: instant(day(happened)),
    knownFrom: instant(day(20 + sequence)),
    sequence,
    ordered,
  });
  const versions = async () =>
    (
      await raw.connection.runAndReadAll(
        `SELECT limit_amount::VARCHAR, known_from::DATE::VARCHAR, known_until::DATE::VARCHAR FROM online_credit_lines WHERE credit_line_id = 'a' ORDER BY rowid`,
      )
    ).getRows();
  await addFacts(raw.connection, [fact(1, '1000.0', 2)], tableOf);
  expect(await versions()).toEqual([['1000.00', day(2), 'infinity']]);
  await addFacts(raw.connection, [fact(2, '1500', 3), fact(3, '1', 1, true)], tableOf);
  expect(await versions()).toEqual([
    ['1000.00', day(2), day(22)],
    ['1500.00', day(22), 'infinity'],
  ]);
});
