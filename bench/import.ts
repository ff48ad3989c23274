/**
 * Import of transactions against DuckDB's bare `create table as select * from read_csv`, same file, same run, taken in turn:
 * `node dist/bench/import.js [rows] [repeats]`. The goal at 10,000,000 rows on 2 cores: at most 3 times.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { systemClock } from '../base/index.ts';
import { importSpec, parseRelationalSpec } from '../features/import/index.ts';
import { openWarehouse } from '../features/warehouse/index.ts';
import { makeTransactions, median, timed } from './transactions.ts';

const SPEC = `name: bench
tables:
  - table: parties
    source: { path: parties.csv }
    mode: append
    columns: { party_id: party_id, kind: { value: person } }
    happened: { column: since }
    known: { lag: P1D }
  - table: transactions
    source: { path: transactions.csv }
    mode: append
    columns: { transaction_id: transaction_id, party_id: party_id, direction: direction, amount: amount, category: category }
    happened: { column: booked_at }
    known: { lag: P1D }
`;

const rows = Number(process.argv[2] ?? 10_000_000);
const repeats = Number(process.argv[3] ?? 3);
const folder = await mkdtemp(join(tmpdir(), 'probity-bench-'));
try {
  const maker = await (await DuckDBInstance.create(':memory:')).connect();
  const customers = Math.max(1, Math.round(rows / 50));
  await makeTransactions(maker, rows, customers);
  const csv = join(folder, 'transactions.csv');
  await maker.run(`COPY tx TO '${csv}'`);
  await maker.run(`COPY (SELECT 'P' || i AS party_id, DATE '2020-01-01' AS since FROM range(${customers}) n(i))
    TO '${join(folder, 'parties.csv')}'`);
  maker.closeSync();
  await writeFile(join(folder, 'bench.yaml'), SPEC);
  const spec = parseRelationalSpec(SPEC, { file: join(folder, 'bench.yaml') });

  const bare = async (path: string) => {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE tx AS SELECT * FROM read_csv('${csv}')`);
    connection.closeSync();
    instance.closeSync();
  };
  const whole = async (path: string) => {
    const warehouse = await openWarehouse(path, 'write');
    const report = await importSpec(spec, { warehouse, now: systemClock.now() });
    const loaded = report.tables.find((table) => table.table === 'transactions')?.loaded;
    if (loaded !== rows) throw new Error(`loaded ${loaded} of ${rows} rows`);
    warehouse.close();
  };
  const pairs = [];
  for (let k = 0; k < repeats; k++) {
    const bareSeconds = await timed(() => bare(join(folder, `bare-${k}.duckdb`)));
    const importSeconds = await timed(() => whole(join(folder, `import-${k}.duckdb`)));
    pairs.push({ bareSeconds, importSeconds, ratio: importSeconds / bareSeconds });
    await Promise.all(
      [`bare-${k}.duckdb`, `import-${k}.duckdb`].map((name) => rm(join(folder, name), { force: true })),
    );
    process.stderr.write(`${JSON.stringify(pairs.at(-1))}\n`);
  }
  const ratio = median(pairs.map((pair) => pair.ratio));
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(
    `${JSON.stringify({ rows, pairs, medianRatio: ratio, goal: 3, met: ratio <= 3, peakMiB }, null, 2)}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
