import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { instant } from '../../base/index.ts';
import { randomHistory } from '../../test/support/random-history.ts';
import { insertRaw, rawDatabase, rowsOf } from '../../test/support/raw-fixture.ts';
import { computeFeatures } from '../asof/index.ts';
import { loadViews } from '../views/index.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { FACT_TABLES, factsDue, keptFrom, removeFacts } from './index.ts';

vi.setConfig({ testTimeout: 240_000 });

const CUSTOMERS = 30;
const from = instant('2025-01-15');
const rules = FACT_TABLES.map((table) => ({ table, keptFrom: from }));
const ASKED = ['2025-01-15', '2025-02-20 03:04:05', '2025-06-18', '2026-03-01'];

describe('facts that a rule removes', () => {
  test.prop([fc.nat(1_000_000)], { numRuns: 3, seed: 4711 })(
    'are read by no feature from the rule on: removing them changes no bit, and they are many',
    async (seed) => {
      const views = await loadViews();
      const database = await rawDatabase();
      try {
        await database.connection.run(
          'CREATE SCHEMA meta; CREATE TABLE meta.imports (a VARCHAR, b VARCHAR, c VARCHAR, d VARCHAR, e TIMESTAMP, f JSON)',
        );
        await insertRaw(database.connection, randomHistory(seed, CUSTOMERS));
        const asked = `(SELECT 'party-' || p AS party_id, t::TIMESTAMP AS as_of FROM range(${CUSTOMERS}) r(p), unnest(['${ASKED.join("','")}']) u(t))`;
        const features = async (into: string) => {
          await computeFeatures(database.connection, { views, asked, into });
          return rowsOf(database.connection, `(FROM ${into} ORDER BY party_id, as_of)`);
        };
        const before = await features('before');
        const due = await factsDue(database.connection, rules, []);
        const held = await factsDue(database.connection, rules, ['party-3']);
        const count = (all: typeof due, of: 'due' | 'held') => all.reduce((sum, each) => sum + each[of], 0);
        expect(count(held, 'due') + count(held, 'held')).toBe(count(due, 'due'));
        expect(count(held, 'held')).toBeGreaterThan(0);
        const removed = await removeFacts(database.connection, rules, [], from);
        expect(removed).toEqual(due.filter((each) => each.due > 0));
        for (const table of ['transactions', 'orders', 'invoices'])
          expect(removed.find((each) => each.table === table)?.due).toBeGreaterThan(0);
        expect(await features('after')).toEqual(before);
        expect(await removeFacts(database.connection, rules, [], from)).toEqual([]);
        expect(await keptFrom(database.connection)).toBe(from);
      } finally {
        database.close();
      }
    },
  );

  it('are none of a customer on hold, and the warehouse then says that it is another one', async () => {
    const warehouse = await openWarehouse(':memory:', 'write');
    const { connection } = warehouse;
    const row = (party: string, id: string, happened: string) => ({
      table: 'orders',
      values: { order_id: id, party_id: party, amount: '5', status: 'open', happened_at: happened },
    });
    await insertRaw(connection, [
      row('free', '1', '2015-01-01'),
      row('free', '2', '2016-01-01'),
      row('held', '3', '2015-01-01'),
      row('held', '4', '2016-01-01'),
    ]);
    expect(await keptFrom(connection)).toBeNull();
    const rule = [{ table: 'orders', keptFrom: from }];
    expect(await removeFacts(connection, rule, ['held'], from)).toMatchObject([{ table: 'orders', due: 1, held: 1 }]);
    const left = await connection.runAndReadAll('SELECT order_id FROM raw.orders ORDER BY 1');
    expect(left.getRows().flat()).toEqual(['2', '3', '4']);
    const imports = await connection.runAndReadAll(
      "SELECT count(*)::INTEGER FROM meta.imports WHERE spec = 'retention'",
    );
    expect(imports.getRows()).toEqual([[1]]);
    warehouse.close();
  });
});
