import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, vi } from 'vitest';
import { identifier, literal, seededRandom, shuffled } from '../../base/index.ts';
import { knownBy, randomHistory } from '../../test/support/random-history.ts';
import { insertRaw, rawDatabase, rowsOf, type RawRow } from '../../test/support/raw-fixture.ts';
import { computeFeatures, rawTables, readableColumns, viewStatement } from '../asof/index.ts';
import { checkViews, loadViews, type FeatureView } from '../views/index.ts';
import { loadSignals, type SignalViews } from './index.ts';

vi.setConfig({ testTimeout: 120_000 });

const CUSTOMERS = 40;
const INSTANTS = ['2024-03-31', '2024-06-15 13:14:15.678', '2025-01-31'];
let views: SignalViews;
beforeAll(async () => {
  views = await loadSignals();
});

/** Scores and exposures as rows: what signals read beside the canonical tables. */
function derivedRows(seed: number): readonly RawRow[] {
  const random = seededRandom(`${seed}/derived`);
  const rows: RawRow[] = [];
  for (let party = 0; party < CUSTOMERS; party++) {
    for (let month = 0; month < 24; month++) {
      if (random.uniform() < 0.3) continue;
      const at = new Date(Date.UTC(2023, 1 + month, 1 + random.integer(20))).toISOString();
      const pd = 0.001 + 0.3 * random.uniform();
      const clocks = { happened_at: at, known_from: at, known_until: 'infinity' };
      const points = (600 - 300 * pd).toFixed(2);
      rows.push({
        table: 'scores',
        values: { party_id: `party-${party}`, pd, points, grade_rank: 1 + random.integer(9), ...clocks },
      });
    }
  }
  const at = '2024-01-01T00:00:00.000Z';
  for (const party_id of ['*', 'party-1', 'party-2', 'party-3'])
    rows.push({
      table: 'exposures',
      values: { party_id, amount: 100, happened_at: at, known_from: at, known_until: 'infinity' },
    });
  return rows;
}

/** What random histories lack: a customer who orders every week, is billed every two, has a guarantor who is a customer, and accounts beside a tax return. */
function regularRows(): readonly RawRow[] {
  const day = (offset: number) => new Date(Date.UTC(2023, 3, 1 + offset)).toISOString();
  const row = (table: string, at: string, values: RawRow['values']): RawRow => ({
    table,
    values: { party_id: 'party-0', ...values, happened_at: at, known_from: at, known_until: 'infinity' },
  });
  return [
    ...Array.from({ length: 90 }, (_, week) =>
      row('orders', day(7 * week), { order_id: `weekly-${week}`, amount: 100 + week, status: 'delivered' }),
    ),
    ...Array.from({ length: 45 }, (_, i) => {
      const [issued_on, due_on] = [day(14 * i), day(14 * i + 10)].map((at) => at.slice(0, 10)) as [string, string];
      return [
        row('invoices', day(14 * i), { invoice_id: `bill-${i}`, issued_on, due_on, amount: 100 }),
        row('payments', day(14 * i + 11 + (i % 3)), { payment_id: `paid-${i}`, invoice_id: `bill-${i}`, amount: 100 }),
      ];
    }).flat(),
    row('guarantees', day(0), { guarantee_id: 'by-1', guarantor_party_id: 'party-1', kind: 'guarantee', amount: 10 }),
    row('financial_statements', day(30), {
      period_end: '2023-05-01',
      kind: 'annual',
      revenue: 900,
      operating_profit: 90,
    }),
    row('tax_records', day(40), { period_end: '2023-05-01', taxable_income: 30 }),
  ];
}

async function database(rows: readonly RawRow[], threads = 2) {
  const opened = await rawDatabase(threads);
  for (const table of ['scores', 'exposures']) {
    const columns = readableColumns(table);
    await opened.connection.run(
      `CREATE TABLE raw.${table} (${columns.map(([name, type]) => `${identifier(name)} ${type}`).join(', ')})`,
    );
    const own = rows.filter((row) => row.table === table);
    if (own.length === 0) continue;
    const tuples = own.map(
      ({ values }) => `(${columns.map(([name, type]) => `${literal(String(values[name]))}::${type}`).join(', ')})`,
    );
    await opened.connection.run(`INSERT INTO raw.${table} VALUES ${tuples.join(', ')}`);
  }
  await insertRaw(
    opened.connection,
    rows.filter(({ table }) => table !== 'scores' && table !== 'exposures'),
  );
  return opened;
}

const askedAt = (instants: readonly string[], ids = `'party-' || p`, count = CUSTOMERS): string =>
  `(SELECT ${ids} AS party_id, t::TIMESTAMP AS as_of FROM range(${count}) r(p), unnest(['${instants.join("','")}']) u(t))`;

async function signalsOf(
  rows: readonly RawRow[],
  instants: readonly string[],
  of: readonly FeatureView[],
  asked: string,
  threads = 2,
) {
  const opened = await database(rows, threads);
  const { connection } = opened;
  try {
    await computeFeatures(connection, { views: of, asked, into: 'wide' });
    return await rowsOf(connection, '(FROM wide ORDER BY party_id, as_of)');
  } finally {
    opened.close();
  }
}

async function evidenceAt(rows: readonly RawRow[], instant: string) {
  const opened = await database(rows);
  const { connection } = opened;
  try {
    await connection.run(`CREATE TABLE asked AS FROM ${askedAt([instant])}`);
    const table = await rawTables(connection, 'raw');
    const found: unknown[] = [];
    for (const view of views.evidence)
      found.push(
        ...(await rowsOf(
          connection,
          `(FROM (${viewStatement(view, { asked: 'asked', table, view: () => '' })}) ORDER BY ALL)`,
        )),
      );
    return found;
  } finally {
    opened.close();
  }
}

describe('signals', () => {
  test.prop([fc.nat(1_000_000)], { numRuns: 1, seed: 20261 })(
    'and the facts behind them are never changed by facts that come later, or become known later',
    async (seed) => {
      const rows = [...randomHistory(seed, CUSTOMERS), ...derivedRows(seed), ...regularRows()];
      const later = await signalsOf(rows, INSTANTS, views.customers, askedAt(INSTANTS));
      const industries = `(SELECT i AS party_id, t::TIMESTAMP AS as_of FROM unnest(['*', 'C10']) s(i), unnest(['${INSTANTS.join("','")}']) u(t))`;
      const laterIndustries = await signalsOf(rows, INSTANTS, views.industries, industries);
      for (const instant of INSTANTS) {
        const past = knownBy(rows, instant);
        const then = await signalsOf(past, [instant], views.customers, askedAt([instant]));
        expect(later.filter((row) => row['as_of'] === then[0]?.['as_of'])).toEqual(then);
        const thenIndustries = await signalsOf(
          past,
          [instant],
          views.industries,
          `(FROM ${industries} WHERE as_of = '${instant}')`,
        );
        expect(laterIndustries.filter((row) => row['as_of'] === then[0]?.['as_of'])).toEqual(thenIndustries);
        expect(await evidenceAt(rows, instant)).toEqual(await evidenceAt(past, instant));
      }
      // The histories exercise the signals: most have some value somewhere, and evidence is found.
      const names = views.customers.flatMap((view) => view.features.map(({ name }) => name));
      const used = names.filter((name) => later.some((row) => row[name] !== null));
      expect(names.filter((name) => !used.includes(name))).toEqual([]);
      expect((await evidenceAt(rows, '2025-01-31')).length).toBeGreaterThan(50);
    },
  );

  test.prop([fc.nat(1_000_000)], { numRuns: 1, seed: 20262 })(
    'are the same bits over thread counts and row orders',
    async (seed) => {
      const rows = [...randomHistory(seed, CUSTOMERS), ...derivedRows(seed)];
      const asked = askedAt(INSTANTS);
      const one = await signalsOf(rows, INSTANTS, views.customers, asked, 1);
      expect(await signalsOf(shuffled(rows, seededRandom(seed)), INSTANTS, views.customers, asked, 4)).toEqual(one);
    },
  );

  test('are no features: no view of a model has one, or could read what they alone may read', async () => {
    const features = (await loadViews()).flatMap((view) => view.features.map(({ name }) => name));
    const signals = [...views.customers, ...views.industries].flatMap((view) => view.features.map(({ name }) => name));
    expect(signals.filter((name) => features.includes(name))).toEqual([]);
    const view = views.customers.find(({ name }) => name === 'score_signals')!;
    await expect(checkViews([view])).rejects.toThrow(/not valid/);
  });
});
