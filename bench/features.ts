/**
 * The view `transaction_activity`, as of a date, against a plain DuckDB group-by of the same aggregates without as-of logic, and against
 * pandas; same rows, same run, taken in turn, fifty a customer: `node dist/bench/features.js [rows,rows,...] [repeats]`.
 * Goals at 10,000,000 rows of 200,000 customers on 2 cores: at most 3 times the group-by, at least 10 times faster than pandas, under 4 GB.
 * pandas is measured where PROBITY_PYTHON (or python3) has it, and skipped, saying so, where not.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { computeFeatures } from '../features/asof/index.ts';
import { contractOf, rawColumns } from '../features/contracts/index.ts';
import { loadViews } from '../features/views/index.ts';
import { storageOrder } from '../features/warehouse/index.ts';
import { makeTransactions, median, timed } from './transactions.ts';

const AS_OF = '2025-12-31';

/** The aggregates of the view without either clock: what a team would write first. */
const PLAIN = `SELECT party_id,
  min(age) AS days_since_last,
  count_if(age < 30) AS count_30, count_if(age < 90) AS count_90, count_if(age < 365) AS count_365,
  bit_count(bit_or(CASE WHEN age < 90 THEN 1::HUGEINT << age::HUGEINT END)) AS days_90,
  sum(amount) FILTER (WHERE inward AND age < 30) AS in_30,
  sum(amount) FILTER (WHERE inward AND age < 90) AS in_90,
  sum(amount) FILTER (WHERE inward AND age < 365) AS in_365,
  sum(amount) FILTER (WHERE NOT inward AND age < 30) AS out_30,
  sum(amount) FILTER (WHERE NOT inward AND age < 90) AS out_90,
  sum(amount) FILTER (WHERE NOT inward AND age < 365) AS out_365,
  max(amount) FILTER (WHERE NOT inward AND age < 90) AS largest_out_90,
  sum(amount) FILTER (WHERE NOT inward AND age < 90 AND category = 'cash') AS cash_90,
  count_if(age < 365 AND category = 'penalty') AS penalties_365,
  min(CASE WHEN category = 'penalty' THEN age END) AS days_since_penalty
FROM (SELECT party_id, amount, category, direction = 'in' AS inward,
        date_sub('day', happened_at, TIMESTAMP '${AS_OF}') AS age FROM raw.transactions)
GROUP BY party_id`;

/** The same as the view, as of the date, in pandas; amounts as whole cents, since pandas has no fast decimals. */
const PANDAS = `
import sys, time, pandas as pd
rows = pd.read_parquet(sys.argv[1])
asked = pd.DataFrame({'party_id': rows.party_id.unique(), 'as_of': pd.Timestamp('${AS_OF}')})
for _ in range(int(sys.argv[2])):
    started = time.time()
    t = asked.merge(rows, on='party_id')
    t = t[(t.known_from <= t.as_of) & (t.as_of < t.known_until) & (t.happened_at <= t.as_of)]
    age = (t.as_of - t.happened_at).dt.days
    inward = t.direction == 'in'
    out = {'days_since_last': age.groupby(t.party_id).min()}
    for days in (30, 90, 365):
        recent = age < days
        out[f'count_{days}'] = recent.groupby(t.party_id).sum()
        out[f'in_{days}'] = t.amount.where(inward & recent).groupby(t.party_id).sum()
        out[f'out_{days}'] = t.amount.where(~inward & recent).groupby(t.party_id).sum()
    near = age < 90
    out['days_90'] = age[near].groupby(t.party_id[near]).nunique()
    out['largest_out_90'] = t.amount.where(~inward & near).groupby(t.party_id).max()
    out['cash_90'] = t.amount.where(~inward & near & (t.category == 'cash')).groupby(t.party_id).sum()
    penalty = t.category == 'penalty'
    out['penalties_365'] = (penalty & (age < 365)).groupby(t.party_id).sum()
    out['days_since_penalty'] = age.where(penalty).groupby(t.party_id).min()
    frame = pd.DataFrame(out)
    print(time.time() - started)
`;

const sizes = (process.argv[2] ?? '10000000').split(',').map(Number);
const repeats = Number(process.argv[3] ?? 3);
const PANDAS_MOST_ROWS = 10_000_000;
const results = [];
for (const rows of sizes) {
  const result = await measure(rows, Math.round(rows / 50));
  results.push(result);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);

async function measure(rows: number, customers: number) {
  const folder = await mkdtemp(join(tmpdir(), 'probity-bench-'));
  try {
    const instance = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'), { memory_limit: '4GB' });
    const connection = await instance.connect();
    await fillWarehouse(connection, rows, customers);
    const views = (await loadViews()).filter((view) => view.name === 'transaction_activity');
    await connection.run(
      `CREATE TABLE asked AS SELECT DISTINCT party_id, TIMESTAMP '${AS_OF}' AS as_of FROM raw.transactions`,
    );
    const pairs = [];
    for (let k = 0; k < repeats; k++) {
      const plainSeconds = await timed(() => connection.run(`CREATE OR REPLACE TEMP TABLE plain AS ${PLAIN}`));
      const viewSeconds = await timed(() =>
        computeFeatures(connection, { views, asked: 'asked', into: 'temp.features' }),
      );
      pairs.push({ plainSeconds, viewSeconds, ratio: viewSeconds / plainSeconds });
    }
    await requireSameAnswers(connection);
    const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
    const ratio = median(pairs.map((pair) => pair.ratio));
    const viewSeconds = median(pairs.map((pair) => pair.viewSeconds));
    const pandas = await pandasSeconds(connection, join(folder, 'tx.parquet'), rows);
    connection.closeSync();
    instance.closeSync();
    return {
      rows,
      customers,
      pairs,
      medianRatio: ratio,
      met: ratio <= 3,
      peakMiB,
      pandas:
        typeof pandas === 'string'
          ? pandas
          : { seconds: pandas, timesSlower: pandas / viewSeconds, met: pandas / viewSeconds >= 10 },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `raw.transactions` by its contract, known a day after they happened, stored as an import stores them. */
async function fillWarehouse(connection: DuckDBConnection, rows: number, customers: number): Promise<void> {
  const contract = contractOf('transactions');
  if (!contract) throw new Error('no contract of transactions');
  const columns = rawColumns(contract).map(([name, type]) => `"${name}" ${type}`);
  await connection.run(`CREATE SCHEMA raw`);
  await connection.run(`CREATE TABLE raw.transactions (${columns.join(', ')})`);
  await makeTransactions(connection, rows, customers);
  await connection.run(`INSERT INTO raw.transactions BY NAME SELECT transaction_id, party_id, direction, amount, category,
    booked_at AS happened_at, booked_at + INTERVAL 1 DAY AS known_from, TIMESTAMP 'infinity' AS known_until,
    'bench' AS source, 'bench' AS import_id FROM tx WHERE booked_at + INTERVAL 1 DAY <= TIMESTAMP '${AS_OF}'
    ${storageOrder(contract)}`);
}

/** Both made the same figures: a fast wrong answer would be worth nothing. */
async function requireSameAnswers(connection: DuckDBConnection): Promise<void> {
  const reader =
    await connection.runAndReadAll(`SELECT count(*)::INTEGER AS wrong FROM plain p FULL JOIN features f USING (party_id)
    WHERE p.count_365 IS DISTINCT FROM f.tx_count_365d OR coalesce(p.in_90, 0) IS DISTINCT FROM f.tx_inflow_90d
       OR p.days_90 IS DISTINCT FROM nullif(f.tx_active_days_90d, 0) OR p.days_since_penalty IS DISTINCT FROM f.tx_days_since_penalty`);
  const wrong = reader.getRowObjects()[0]?.['wrong'];
  if (wrong !== 0) throw new Error(`the view and the plain group-by differ for ${String(wrong)} customers`);
}

/** Median seconds of pandas, the rows already in its memory, in the order in which the source gives them; or why it was not measured. */
async function pandasSeconds(connection: DuckDBConnection, file: string, rows: number): Promise<number | string> {
  if (rows > PANDAS_MOST_ROWS) return `skipped: more than ${PANDAS_MOST_ROWS} rows do not fit its memory here`;
  const python = process.env['PROBITY_PYTHON'] ?? 'python3';
  try {
    execFileSync(python, ['-c', 'import pandas, pyarrow'], { stdio: 'ignore' });
  } catch {
    return 'skipped: no python3 with pandas and pyarrow here (PROBITY_PYTHON names another)';
  }
  await connection.run(`COPY (SELECT party_id, direction, (amount * 100)::BIGINT AS amount, category, booked_at AS happened_at,
    booked_at + INTERVAL 1 DAY AS known_from, TIMESTAMP '2200-01-01' AS known_until FROM tx) TO '${file}' (FORMAT parquet)`);
  const printed = execFileSync(python, ['-c', PANDAS, file, String(repeats)], { encoding: 'utf8' });
  return median(printed.trim().split(/\s+/).map(Number));
}
