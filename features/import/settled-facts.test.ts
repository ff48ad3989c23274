import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { identifier, instant } from '../../base/index.ts';
import { rawDatabase } from '../../test/support/raw-fixture.ts';
import { readableColumns } from '../asof/index.ts';
import { addFacts } from '../snapshots/added-facts.ts';
import type { Fact } from './import-facts.ts';
import { settledFacts } from './settled-facts.ts';

let raw: Awaited<ReturnType<typeof rawDatabase>>;
beforeAll(async () => {
  raw = await rawDatabase();
});
afterAll(() => raw?.close());

const day = (of: number): string => `2026-01-${String(of).padStart(2, '0')}`;

const facts = fc
  .array(
    fc.record({
      order: fc.constantFrom('a', 'b'),
      happened: fc.integer({ min: 1, max: 4 }),
      wait: fc.integer({ min: 0, max: 1 }),
      ordered: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((drawn) => {
    let known = 10;
    return drawn.map(({ order, happened, wait, ordered }, i) => {
      known += wait;
      const values = { order_id: order, party_id: 'p', amount: `${i + 1}.00`, status: 'open' };
      const clocks = { happenedAt: instant(day(happened)), knownFrom: instant(day(known)) };
      return { table: 'orders', values, ...clocks, source: 'api', ordered, sequence: i + 1 };
    });
  });

/** Versions that stood for a time, as adding facts to a table leaves them. */
async function added(given: Parameters<typeof addFacts>[1]): Promise<unknown[]> {
  const columns = readableColumns('orders').map(([name]) => identifier(name));
  await raw.connection.run(
    `CREATE OR REPLACE TEMP TABLE online AS SELECT ${columns.join(', ')} FROM raw.orders LIMIT 0`,
  );
  await addFacts(raw.connection, given, () => 'online');
  const rows = await raw.connection.runAndReadAll(
    `SELECT order_id, amount::VARCHAR FROM online WHERE known_until > known_from ORDER BY amount`,
  );
  return rows.getRows();
}

const told = (all: readonly Fact[]): unknown[] => all.map(({ values }) => [values['order_id'], values['amount']]);

it('facts become the same versions online and in the warehouse, whatever their order and clocks', async () => {
  await fc.assert(
    fc.asyncProperty(facts, async (given) => {
      expect(told(await settledFacts(raw.connection, given))).toEqual(await added(given));
    }),
    { numRuns: 60 },
  );
});

it('of ordered facts with different clocks the latest stands, in whatever order they come', async () => {
  const orders = fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(orders, async (days) => {
      const given = days.map((of, i): Fact => ({
        table: 'orders',
        values: { order_id: 'a', party_id: 'p', amount: `${of}.00`, status: 'open' },
        happenedAt: instant(day(of)),
        knownFrom: instant(day(10 + i)),
        source: 'api',
        ordered: true,
      }));
      const settled = await settledFacts(raw.connection, given);
      expect(told(settled).at(-1)).toEqual(['a', `${Math.max(...days)}.00`]);
    }),
    { numRuns: 30 },
  );
});
