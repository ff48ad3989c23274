import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instant, sha256 } from '../base/index.ts';
import { CONTRACTS } from '../features/contracts/index.ts';
import { importSpec } from '../features/import/index.ts';
import { parseRelationalSpec } from '../features/specs/index.ts';
import { openWarehouse, type Warehouse } from '../features/warehouse/index.ts';
import { simulate, type SimulatedPortfolio } from '../simulator/index.ts';

let folder = '';
let portfolio: SimulatedPortfolio;
let connection: DuckDBConnection;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-simulator-'));
  portfolio = await simulate({ customers: 400, seed: 5, months: 30, outDir: at('first') });
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(async () => {
  connection.closeSync();
  await rm(folder, { recursive: true, force: true });
});

const value = async (sql: string): Promise<unknown> => (await connection.runAndReadAll(sql)).getRows()[0]?.[0];
const files = (run: string, table: string): string => `read_parquet('${at(run)}/${table}/*.parquet')`;
/** The rows of a table as a set: count and an order-free sum of row hashes. */
const content = async (run: string, table: string, only = 'true'): Promise<unknown> =>
  value(
    `SELECT count(*)::VARCHAR || ' ' || coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR FROM ${files(run, table)} AS t WHERE ${only}`,
  );

describe('a simulated portfolio', () => {
  test('is the same for the same seed, whatever the size of the chunks, and another for another seed', async () => {
    await simulate({ customers: 400, seed: 5, months: 30, outDir: at('again'), chunk: 150 });
    await simulate({ customers: 400, seed: 6, months: 30, outDir: at('other'), truth: null });
    for (const { name } of CONTRACTS) {
      expect(await content('again', name), name).toBe(await content('first', name));
      if (name !== 'documents') expect(await content('other', name), name).not.toBe(await content('first', name));
    }
  });

  test('begins with the customers of a smaller one', async () => {
    await simulate({ customers: 100, seed: 5, months: 30, outDir: at('smaller'), truth: null });
    for (const table of ['transactions', 'invoices', 'payments', 'outcomes']) {
      expect(await content('smaller', table), table).toBe(await content('first', table, "party_id < 'P0000100'"));
    }
  });

  test('tells both clocks: nothing is known before it happened or after the cut-off, and some of it late', async () => {
    for (const { name } of CONTRACTS) {
      const wrong = `count(*) FILTER (known_at < happened_at OR known_at >= TIMESTAMP '${portfolio.cutoff.slice(0, -1)}')::INTEGER`;
      expect(await value(`SELECT ${wrong} FROM ${files('first', name)}`), name).toBe(0);
    }
    const late = 'avg((known_at > happened_at + INTERVAL 5 DAY)::INTEGER)';
    for (const table of ['transactions', 'payments', 'invoices']) {
      const share = (await value(`SELECT ${late} FROM ${files('first', table)}`)) as number;
      expect(share > 0.005 && share < 0.05, `${table} ${share}`).toBe(true);
    }
  });

  test('keeps the books: each balance is the one before plus the movement, and no bill is overpaid', async () => {
    const jumps = await value(`SELECT count(*)::INTEGER FROM (
      SELECT balance - CASE direction WHEN 'in' THEN amount ELSE -amount END AS before, lag(balance) OVER w AS previous
      FROM ${files('first', 'transactions')}
      WINDOW w AS (PARTITION BY account_id ORDER BY happened_at, split_part(transaction_id, '-', 3)::INTEGER))
      WHERE before <> previous`);
    const rows = (await value(`SELECT count(*)::INTEGER FROM ${files('first', 'transactions')}`)) as number;
    expect((jumps as number) / rows).toBeLessThan(0.02);
    const overpaid = `SELECT count(*)::INTEGER FROM (SELECT invoice_id, sum(amount) AS paid FROM ${files('first', 'payments')} GROUP BY 1) JOIN ${files('first', 'invoices')} USING (invoice_id) WHERE paid > amount`;
    expect(await value(overpaid)).toBe(0);
  });

  test('defaults are bills 90 days past due, and nothing is booked on a customer long after', async () => {
    const bills = `${files('first', 'invoices')} i JOIN ${files('first', 'outcomes')} o ON o.party_id = i.party_id AND o.kind = 'dpd'`;
    const oldest = `SELECT o.party_id, bool_or(o.happened_at::DATE - i.due_on = 90) AS found, max(i.due_on) < max(o.happened_at) + INTERVAL 1 MONTH AS ended FROM ${bills} GROUP BY 1`;
    expect(await value(`SELECT bool_and(found AND ended) AND count(*) > 20 FROM (${oldest})`)).toBe(true);
  });

  test('the truth is a probability on average right, for months to come', async () => {
    const checked = `SELECT avg(true_pd), avg((o.happened_at > as_of AND o.happened_at <= as_of + INTERVAL 12 MONTH AND o.party_id IS NOT NULL)::INTEGER), count(*)
      FROM '${portfolio.truth}' LEFT JOIN (SELECT party_id, happened_at FROM ${files('first', 'outcomes')} WHERE kind = 'dpd') o USING (party_id)
      WHERE as_of = TIMESTAMP '2024-07-01'`;
    const [expected, , rows] = ((await connection.runAndReadAll(checked)).getRows()[0] ?? []) as [
      number,
      number,
      bigint,
    ];
    expect(rows).toBeGreaterThan(200n);
    expect(expected > 0.01 && expected < 0.25).toBe(true);
  });

  test('plants nobody unless asked: the rows are those of before anybody could be planted', async () => {
    await simulate({ customers: 60, seed: 5, months: 20, outDir: at('honest'), truth: null, planted: 0 });
    let all = '';
    for (const { name } of CONTRACTS)
      all += `${name} ${String(await value(`SELECT count(*)::VARCHAR || ' ' || coalesce(md5(string_agg(t::VARCHAR, '|' ORDER BY t::VARCHAR)), '') FROM ${files('honest', name)} t`))}\n`;
    // The same query over what the simulator wrote before it could plant (revision 0ef48b6).
    expect(sha256(all)).toBe('8fc768ec308fc23d7c0dc38ab1253c043242c3715f300274f7e694f496ac6a3d');
  });

  test('plants the asked share by seed: cheats beside look-alikes, whatever the chunks, and leaves everybody else as they are', async () => {
    const planted = { customers: 1200, seed: 7, months: 24, truth: null, planted: 0.04 } as const;
    await simulate({ ...planted, outDir: at('planted') });
    await simulate({ ...planted, outDir: at('replanted'), chunk: 500 });
    await simulate({ ...planted, outDir: at('unplanted'), planted: 0 });
    for (const name of ['contacts', 'orders', 'invoices', 'payments', 'liabilities', 'outcomes', 'planted'])
      expect(await content('replanted', name), name).toBe(await content('planted', name));
    const kinds = await connection.runAndReadAll(`SELECT DISTINCT kind FROM ${files('planted', 'planted')} ORDER BY 1`);
    expect(kinds.getRows().map(([kind]) => kind)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const honest = `party_id NOT IN (SELECT party_id FROM ${files('planted', 'planted')})`;
    for (const { name } of CONTRACTS) {
      if (name === 'market_series') continue;
      expect(await content('planted', name, honest), name).toBe(await content('unplanted', name, honest));
    }
    const busted = `SELECT count(*)::INTEGER FROM ${files('planted', 'payments')} y JOIN ${files('planted', 'planted')} p USING (party_id)
      WHERE p.kind = 4 AND y.happened_at >= p.from_on`;
    expect(await value(busted)).toBe(0);
    await expect(simulate({ ...planted, outDir: at('refused'), planted: 0.5 })).rejects.toThrow(/cannot be simulated/);
  });

  test('renews the asked share of documents about when they expire, while their customers are there, and changes nothing else', async () => {
    const renewed = await simulate({
      customers: 400,
      seed: 5,
      months: 30,
      outDir: at('renewed'),
      truth: null,
      renewed: 0.9,
    });
    for (const { name } of CONTRACTS)
      if (name !== 'documents') expect(await content('renewed', name), name).toBe(await content('first', name));
    // Of documents that expired a month before the end or more, by their newest version.
    const newest = (run: string) =>
      `SELECT party_id, max(expires_on) AS until, count(*) AS versions FROM ${files(run, 'documents')} GROUP BY 1`;
    const lapsed = (run: string) =>
      value(`SELECT count(*) FILTER (until < '2025-12-01')::INTEGER FROM (${newest(run)})`) as Promise<number>;
    const [without, withRenewals] = [await lapsed('first'), await lapsed('renewed')];
    const renewals = (await value(`SELECT sum(versions - 1)::INTEGER FROM (${newest('renewed')})`)) as number;
    expect(renewals).toBeGreaterThan(50);
    expect(withRenewals).toBeLessThan(without);
    const apart = `SELECT max(happened_at::DATE - before) <= 19 AND min(happened_at::DATE - before) >= -40 FROM (
      SELECT *, lag(expires_on) OVER (PARTITION BY document_id ORDER BY happened_at) AS before FROM ${files('renewed', 'documents')}) WHERE before IS NOT NULL`;
    expect(await value(apart)).toBe(true);
    // Who stays with us renews nine times of ten; who defaulted is no customer any more.
    const staying = `SELECT count(*) FILTER (kept.until >= '2025-12-01') / count(*) FROM (${newest('renewed')}) AS kept JOIN (${newest('first')}) AS first USING (party_id)
      WHERE first.until BETWEEN DATE '2024-01-01' AND DATE '2025-11-30' AND party_id NOT IN (SELECT party_id FROM ${files('first', 'outcomes')})`;
    const share = (await value(staying)) as number;
    expect(share > 0.8 && share < 0.97, String(share)).toBe(true);
    await importedWhole(renewed, at('renewed.duckdb'));
    await expect(simulate({ customers: 1, seed: 1, outDir: at('refused'), renewed: 2 })).rejects.toMatchObject({
      problems: [{ at: 'renewed' }],
    });
  });

  test('is imported without a bad row', async () => {
    await importedWhole(portfolio, at('warehouse.duckdb'), async ({ connection }) => {
      const attributes = await connection.runAndReadAll('SELECT name FROM meta.attributes ORDER BY 1');
      expect(attributes.getRows()).toEqual([['acquisition_channel'], ['loyalty_points']]);
    });
  });

  test('of an impossible size or length is refused, with every problem', async () => {
    await expect(simulate({ customers: 0, seed: 0.5, months: -1, outDir: at('none') })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ at: 'customers' }, { at: 'months' }, { at: 'seed' }],
    });
  });
});

/** Imports a portfolio by its own spec: loaded, with no row in quarantine. */
async function importedWhole(
  portfolio: Pick<SimulatedPortfolio, 'spec' | 'cutoff'>,
  file: string,
  look: (warehouse: Warehouse) => Promise<void> = async () => {},
): Promise<void> {
  const warehouse = await openWarehouse(file, 'write');
  try {
    const spec = parseRelationalSpec(await readFile(portfolio.spec, 'utf8'), { file: portfolio.spec });
    const report = await importSpec(spec, { warehouse, now: instant(portfolio.cutoff) });
    const bad = await warehouse.connection.runAndReadAll(
      'SELECT table_name, code, count(*)::INTEGER FROM meta.quarantine GROUP BY ALL',
    );
    expect(bad.getRows()).toEqual([]);
    expect(report.status).toBe('loaded');
    await look(warehouse);
  } finally {
    warehouse.close();
  }
}
