import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { ProbityError } from '../base/errors.ts';
import { exactGlob, packageRoot } from '../base/files.ts';
import { asOf, instant, type AsOf, type Instant } from '../base/instant.ts';
import { silent, type Progress } from '../base/progress.ts';
import { seededRandom } from '../base/random.ts';
import { literal } from '../base/sql.ts';
import { CONTRACTS } from '../features/contracts/index.ts';
import { drawCustomer } from './customer.ts';
import { drawHistory } from './history.ts';
import { cyclePath } from './macro.ts';
import { createOracle } from './oracle.ts';
import { addMonths, createStages, customerRow, daysOf } from './portfolio-rows.ts';
import { portfolioSpec } from './portfolio-spec.ts';

export interface SimulationOptions {
  readonly customers: number;
  readonly seed: number;
  /** First day after the history, the first of a month; 2026-01-01 by default. */
  readonly end?: string;
  /** Length of the history; 48 by default. */
  readonly months?: number;
  /** Folder to write into; made where missing. Files of an earlier run are replaced. */
  readonly outDir: string;
  readonly progress?: Progress;
  /** How often the true PD is computed (in months that are multiples, counted from the start), over how many paths; null: never. By default every twelfth month, over 32 paths. */
  readonly truth?: { readonly everyMonths: number; readonly paths: number; readonly fromMonth?: number } | null;
  /** Customers drawn and written at a time; bounds memory. */
  readonly chunk?: number;
  /** About which share of customers is dishonest, in five ways, with about as many honest look-alikes; 0 unless told: nothing is planted. */
  readonly planted?: number;
  /** Which share of documents is renewed each time that one expires; 0 unless told: none is, so that they lapse one after the other. */
  readonly renewed?: number;
}

export interface SimulatedPortfolio {
  /** Import spec of the tables (`portfolio.yaml`), ready for the import. */
  readonly spec: string;
  /** Parquet file `party_id, as_of, true_pd`, for tests only; null where no truth was asked for. */
  readonly truth: string | null;
  /** Parquet file `party_id, kind, from_on` of the planted customers, for tests and benches only; absent where none were asked for. */
  readonly planted?: string;
  readonly customers: number;
  readonly defaults: number;
  readonly transactions: number;
  /** Start of the history, and the instant up to which everything that was known was written. */
  readonly start: Instant;
  readonly cutoff: AsOf;
  readonly horizonMonths: number;
}

const HORIZON_MONTHS = 12;
const END = '2026-01-01';
const DAY = 86_400_000;

/**
 * Writes a portfolio of customers, people and companies, as Parquet tables of the canonical contracts with both clocks
 * (`<table>/part-NNNN.parquet`), its import spec (`portfolio.yaml`), and the true PDs (`truth.parquet`).
 *
 * Defaults come from latent solvency, liquidity, debt, willingness, income shocks and the business cycle (process.ts), which
 * show only through balances, payments, events and reports. The true PD is P(default within 12 months | latent state at the start of the
 * month), with the cycle's future unknown (oracle.ts). A customer's history depends on the seed and the customer's number only, and on
 * `months`: a larger portfolio begins with the smaller one's customers. Memory is bounded by `chunk`, whatever the number of customers.
 */
export async function simulate(options: SimulationOptions): Promise<SimulatedPortfolio> {
  const { customers, seed, outDir, months = 48, progress = silent, chunk = 4_000, planted = 0, renewed = 0 } = options;
  check(options, months);
  const truth = options.truth === undefined ? { everyMonths: 12, paths: 32 } : options.truth;
  const tables = CONTRACTS.map((contract) => contract.name);
  await prepare(outDir, [...tables, 'truth', ...(planted > 0 ? ['planted'] : [])]);
  const firstDays = firstDaysOf(instant(options.end ?? END), months);
  const cycle = cyclePath(months, seededRandom(`${seed}/cycle`));
  const oracle = truth && createOracle(seed, HORIZON_MONTHS, truth.paths);
  const sql = await readSql(tables, planted > 0);

  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '3GB',
    temp_directory: join(outDir, '.spill'),
  });
  const connection = await instance.connect();
  let defaults = 0;
  let transactions = 0;
  try {
    await connection.run(
      `SET VARIABLE seed = ${seed}; SET VARIABLE customers = ${customers}; SET VARIABLE first_day = ${firstDays[0]}; SET VARIABLE renewed = ${renewed}`,
    );
    await connection.run(sql.macros);
    if (sql.planted !== null)
      await connection.run(`SET VARIABLE planted = ${planted}; SET VARIABLE cutoff_day = ${firstDays[months]}`);
    const stages = createStages(connection);
    cycle.forEach((state, t) => stages.cycle.add(t, firstDays[t] as number, daysOf(firstDays, t), state.now));
    await stages.cycle.flush();
    await writeTable(
      connection,
      sql.tables,
      'market_series',
      join(outDir, 'market_series', 'part-0001.parquet'),
      firstDays[months] as number,
    );
    for (let from = 0, part = 1; from < customers; from += chunk, part++) {
      const to = Math.min(customers, from + chunk);
      for (let number = from; number < to; number++) {
        const random = seededRandom(`${seed}/customer/${number}`);
        const customer = drawCustomer(number, months, random);
        const joinedDay =
          customer.joined < 0
            ? (firstDays[0] as number) + Math.floor(customer.joined * 30.4)
            : (firstDays[customer.joined] as number);
        stages.customers.add(...customerRow(customer, joinedDay));
        const history = drawHistory(customer, cycle, firstDays, random, (month, state, arrears, now) => {
          if (!oracle || !truth || month % truth.everyMonths !== 0 || month < (truth.fromMonth ?? 0)) return;
          const firstDay = firstDays[month] as number;
          stages.truth.add(
            number,
            firstDay,
            oracle.truePd(customer, state, arrears, now, new Date(firstDay * DAY).getUTCMonth()),
          );
        });
        if (history.defaultDay < (firstDays[months] as number)) defaults++;
        addMonths(stages.months, customer, joinedDay, history, firstDays);
        if (number % 500 === 499) {
          progress({ step: 'simulate', done: number / customers, message: `${number + 1} of ${customers} customers` });
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      await stages.customers.flush();
      await stages.months.flush();
      await stages.truth.flush();
      const file = `part-${String(part).padStart(4, '0')}.parquet`;
      if (sql.planted !== null) {
        await connection.run(`CREATE OR REPLACE TEMP TABLE planted AS ${sql.planted}`);
        const query = `SELECT party_of(number) AS party_id, kind, day_of(from_day) AS from_on FROM planted ORDER BY number`;
        await connection.run(`COPY (${query}) TO ${literal(join(outDir, 'planted', file))} (FORMAT parquet)`);
      }
      for (const table of tables) {
        if (table === 'market_series') continue;
        const rows = await writeTable(
          connection,
          sql.tables,
          table,
          join(outDir, table, file),
          firstDays[months] as number,
        );
        if (table === 'transactions') transactions += rows;
      }
      if (truth) {
        const query = 'SELECT party_of(number) AS party_id, day_of(day)::TIMESTAMP AS as_of, pd AS true_pd FROM truth';
        await connection.run(`COPY (${query}) TO ${literal(join(outDir, 'truth', file))} (FORMAT parquet)`);
      }
    }
    if (truth) {
      const parts = literal(join(exactGlob(outDir), 'truth', '*.parquet'));
      await connection.run(
        `COPY (SELECT * FROM read_parquet(${parts})) TO ${literal(join(outDir, 'truth.parquet'))} (FORMAT parquet)`,
      );
    }
    await rm(join(outDir, 'truth'), { recursive: true });
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(join(outDir, '.spill'), { recursive: true, force: true });
  }
  const spec = join(outDir, 'portfolio.yaml');
  await writeFile(spec, portfolioSpec());
  progress({
    step: 'simulate',
    done: 1,
    message: `${customers} customers, ${transactions} transactions, ${defaults} defaults`,
  });
  return {
    spec,
    truth: truth ? join(outDir, 'truth.parquet') : null,
    ...(planted > 0 ? { planted: join(outDir, 'planted') } : {}),
    customers,
    defaults,
    transactions,
    start: instant((firstDays[0] as number) * DAY),
    cutoff: asOf((firstDays[months] as number) * DAY),
    horizonMonths: HORIZON_MONTHS,
  };
}

/** The first day of each month, in days since 1970, and the day after the last. */
function firstDaysOf(end: Instant, months: number): readonly number[] {
  const date = new Date(end);
  return Array.from(
    { length: months + 1 },
    (_, t) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + t - months, 1) / DAY,
  );
}

function check({ customers, seed, planted = 0, renewed = 0 }: SimulationOptions, months: number): void {
  const problems = [
    ...(Number.isInteger(customers) && customers >= 1 && customers < 10_000_000
      ? []
      : [{ at: 'customers', message: 'is not a whole number from 1 to 9,999,999' }]),
    ...(Number.isInteger(months) && months >= 1 && months <= 600
      ? []
      : [{ at: 'months', message: 'is not a whole number from 1 to 600' }]),
    ...(planted >= 0 && planted <= 0.1 ? [] : [{ at: 'planted', message: 'is not a share from 0 to 0.1' }]),
    ...(renewed >= 0 && renewed <= 1 ? [] : [{ at: 'renewed', message: 'is not a share from 0 to 1' }]),
    ...(Number.isSafeInteger(seed) ? [] : [{ at: 'seed', message: 'is not a whole number' }]),
  ];
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', 'This portfolio cannot be simulated.', { problems });
}

async function prepare(outDir: string, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await rm(join(outDir, table), { recursive: true, force: true });
    await mkdir(join(outDir, table), { recursive: true });
  }
  await rm(join(outDir, 'truth.parquet'), { force: true });
}

/** Tables whose facts planted customers change: `sql/planted/<table>.sql` reads the honest ones as `base`. */
const PLANTED_TABLES: ReadonlySet<string> = new Set([
  'contacts',
  'orders',
  'invoices',
  'payments',
  'credit_lines',
  'liabilities',
  'tax_records',
  'outcomes',
]);

async function readSql(tables: readonly string[], isPlanted: boolean) {
  const folder = join(packageRoot(), 'simulator', 'sql');
  const read = (name: string): Promise<string> => readFile(join(folder, `${name}.sql`), 'utf8');
  const statements = await Promise.all(
    tables.map(async (table) => {
      const honest = await read(table);
      if (!isPlanted || !PLANTED_TABLES.has(table)) return [table, honest] as const;
      return [table, `WITH base AS (${honest}) ${await read(`planted/${table}`)}`] as const;
    }),
  );
  const planted = isPlanted ? await read('planted/planted') : null;
  return { macros: await read('macros'), tables: new Map(statements), planted };
}

/** Writes what was known by the cut-off of one table's facts; answers the number of rows. */
async function writeTable(
  connection: DuckDBConnection,
  sql: ReadonlyMap<string, string>,
  table: string,
  path: string,
  cutoffDay: number,
): Promise<number> {
  const facts = `SELECT * FROM (${sql.get(table) ?? ''}) WHERE greatest(happened_at, known_at) < day_of(${cutoffDay})::TIMESTAMP`;
  const result = await connection.run(`COPY (${facts}) TO ${literal(path)} (FORMAT parquet)`);
  return result.rowsChanged;
}
