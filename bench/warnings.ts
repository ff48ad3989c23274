/**
 * How many defaults are warned of at least 60 days ahead, at a fixed false alarm rate: `npm run bench:warnings -- DATA OUT`. DATA holds application_record.csv.gz and
 * credit_record.csv.gz of the credit card approval data; OUT keeps rows and model. Skips, saying so, where they are not there.
 * `npm run bench:warnings -- --integrity OUT`: how many dishonest customers of the simulator the signals of integrity find.
 *
 * `npm run bench:warnings -- --simulator OUT [CUSTOMERS] [SEED]`: the same on simulated customers, which is circular.
 *
 * Out of time: the model is trained on months whose performance window had ended 24 months before the extract, and warns in the 12 months from then on.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { stringify } from 'yaml';
import { compiledEntry, packageRoot, literal } from '../base/index.ts';
import { integrityBench } from './warnings/integrity.ts';
import { onSimulator } from './warnings/simulator.ts';
import { warnedAheadTable, type JudgedRow } from './warnings/table.ts';

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
    ([customer, account, month, status, defaultMonth, pd]): JudgedRow => ({
      customer,
      account,
      month,
      defaultMonth,
      dpd: dpdOf(status),
      pd,
    }),
  );
  warnedAheadTable(rows, { from: 30, name: '30 days past due' }, say);
  connection.closeSync();
}

/** Days past due, at least, as the status tells: 30 to 59, 1 to 29, none. */
const dpdOf = (status: string): number => (status === '1' ? 30 : status === '0' ? 1 : 0);

const [first, ...rest] = process.argv.slice(2);
await (first === '--simulator' ? onSimulator(rest, say) : main([first, ...rest].filter((each) => each !== undefined)));
