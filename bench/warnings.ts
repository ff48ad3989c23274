/**
 * How many defaults are warned of at least 60 days ahead, at a fixed false alarm rate: `npm run bench:warnings -- DATA OUT`. DATA holds application_record.csv.gz and
 * credit_record.csv.gz of the credit card approval data; OUT keeps rows and model. Skips, saying so, where they are not there.
 * `npm run bench:warnings -- --integrity OUT`: how many dishonest customers of the simulator the signals of integrity find.
 *
 * Out of time: the model is trained on months whose performance window had ended 24 months before the extract, and warns in the 12 months from then on.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { stringify } from 'yaml';
import { compiledEntry, packageRoot, literal } from '../base/index.ts';
import { auc } from '../models/metrics/index.ts';
import { integrityBench } from './warnings/integrity.ts';
import { aheadOf, warnedAt, type WatchedRow } from './warnings/recall.ts';

const RATES = [0.005, 0.01, 0.02, 0.05] as const;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const count = (name: string) => ({ name, type: 'number' });
const category = (name: string) => ({ name, type: 'category' });
/** Neither sex, age, marital status nor children: what may not decide is left out. */
const SPEC = {
  name: 'credit-card-warnings',
  target: { column: 'bad', bad: [1], good: [0] },
  group: 'customer',
  features: [
    category('status'),
    category('status_before'),
    count('months_on_book'),
    { ...count('late_30_last_3'), monotone: 'increasing' },
    { ...count('late_30_last_6'), monotone: 'increasing' },
    { ...count('late_30_ever'), monotone: 'increasing' },
    count('late_1_last_3'),
    count('late_1_last_12'),
    { ...count('months_since_late_30'), monotone: 'decreasing' },
    count('accounts_of_customer'),
    ...['others_late_30', 'others_late_30_last_6', 'others_in_default', 'others_default_months'].map((name) => ({
      ...count(name),
      monotone: 'increasing',
    })),
    { ...count('income'), display: 'money' },
    count('days_employed'),
    ...['income_type', 'education', 'housing', 'occupation', 'car', 'realty'].map(category),
  ],
};

async function main([data, out]: readonly string[]): Promise<void> {
  if (data === '--integrity' && out !== undefined) return integrityBench(out, { customers: 6_000, seed: 41 }, say);
  const files = { application: 'application_record.csv.gz', status: 'credit_record.csv.gz' };
  if (data === undefined || out === undefined || !Object.values(files).every((file) => existsSync(join(data, file)))) {
    say(
      'bench:warnings is skipped: name a folder with application_record.csv.gz and credit_record.csv.gz, and one for what it makes.',
    );
    return;
  }
  mkdirSync(out, { recursive: true });
  const connection = await (await DuckDBInstance.create()).connect();
  for (const [table, file] of Object.entries(files))
    await connection.run(`CREATE TABLE ${table} AS SELECT * FROM read_csv(${literal(join(data, file))})`);
  await connection.run(readFileSync(join(packageRoot(), 'bench', 'warnings', 'panel.sql'), 'utf8'));
  const write = (file: string, where: string): Promise<unknown> =>
    connection.run(
      `COPY (SELECT * EXCLUDE (default_month) FROM panel WHERE bad IS NOT NULL AND ${where} ORDER BY account, month) TO ${literal(join(out, file))} (HEADER)`,
    );
  await write('train.csv', 'month <= -36');
  await write('test.csv', 'month BETWEEN -24 AND -12');
  writeFileSync(join(out, 'spec.yaml'), stringify(SPEC));
  const run = (...words: string[]): void =>
    void execFileSync(process.execPath, [compiledEntry('cli/main.ts'), ...words], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  run(
    'train',
    join(out, 'spec.yaml'),
    '--train',
    join(out, 'train.csv'),
    '--out',
    join(out, 'model'),
    '--jurisdiction',
    'CN',
    '--json',
  );
  run('score', '--model', join(out, 'model'), '--input', join(out, 'test.csv'), '--output', join(out, 'scores.csv'));

  const read = await connection.runAndReadAll(
    `SELECT t.customer, t.account::VARCHAR, t.month::INTEGER, t.status, CASE WHEN t.bad = 1 THEN p.default_month::INTEGER END, s.pd
     FROM (SELECT *, row_number() OVER () AS row FROM read_csv(${literal(join(out, 'test.csv'))}, types = {'customer': 'VARCHAR', 'status': 'VARCHAR'})) t
     POSITIONAL JOIN (SELECT pd FROM read_csv(${literal(join(out, 'scores.csv'))})) s
     JOIN panel p ON p.account = t.account AND p.month = t.month
     ORDER BY t.row`,
  );
  const rows = (read.getRows() as [string, string, number, string, number | null, number][]).map(
    ([customer, account, month, status, defaultMonth, pd]) => ({ customer, account, month, status, defaultMonth, pd }),
  );
  report(rows);
  connection.closeSync();
}

type Row = WatchedRow & { readonly month: number; readonly status: string; readonly pd: number };

function report(rows: readonly Row[]): void {
  /** Days past due, as the status tells: 30 to 59, 1 to 29, none. */
  const dpd = Float64Array.from(rows, ({ status }) => (status === '1' ? 2 : status === '0' ? 1 : 0));
  const pd = Float64Array.from(rows, (row) => row.pd);
  const bad = Uint8Array.from(rows, ({ defaultMonth }) => (defaultMonth === null ? 0 : 1));
  const good = bad.length - bad.reduce((a, b) => a + b, 0);
  const plain = rows.filter(({ status, defaultMonth }) => status === '1' && defaultMonth === null).length / good;
  say(
    `${rows.length} months of accounts, ${good} of them good; AUC by row: model ${auc(pd, bad).toFixed(3)}, days past due ${auc(dpd, bad).toFixed(3)}`,
  );
  say('');
  say('| false alarms | days past due | model | difference (95 %) | lead, months |');
  say('| --- | --- | --- | --- | --- |');
  for (const rate of [...RATES, plain].sort((a, b) => a - b)) {
    const [byDpd, byPd] = [warnedAt(dpd, rows, rate), warnedAt(pd, rows, rate)];
    const model = aheadOf(rows, byPd, byDpd);
    const simple = aheadOf(rows, byDpd, byDpd);
    const share = ({ value, low, high }: typeof model.warnedAhead): string =>
      `${(100 * value).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
    say(
      `| ${(100 * rate).toFixed(2)} %${rate === plain ? ' (30 days past due)' : ''} | ${share(simple.warnedAhead)} | ${share(model.warnedAhead)} | ${share(model.difference)} | ${model.leadMonths} |`,
    );
  }
  say('');
  say(`${aheadOf(rows, pd, pd, { draws: 1 }).defaults} defaults.`);
}

await main(process.argv.slice(2));
