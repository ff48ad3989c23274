import type { DuckDBConnection } from '@duckdb/node-api';
import { ProbityError } from '../../base/errors.ts';
import { asOf, epochMillis, type AsOf, type Instant } from '../../base/instant.ts';
import type { TrainingSetOptions } from './options.ts';

const MONTH = 30.4375 * 86_400_000;

/** Dates on the first of a month, every so many months, from `first` up to and including `last`. */
export function monthlyDates(first: Instant, last: Instant, everyMonths: number): readonly AsOf[] {
  let month = monthAfter(new Date(first));
  const dates: AsOf[] = [];
  for (; ; month += everyMonths) {
    const date = asOf(Date.UTC(Math.floor(month / 12), month % 12, 1));
    if (date > last) return dates;
    dates.push(date);
  }
}

/** Months since year 0 of the first month's start at or after a date. */
function monthAfter(date: Date): number {
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) < date.getTime() ? month + 1 : month;
}

/** The instant so many calendar months later, as DuckDB counts them. */
export function monthsLater(date: Instant, months: number): AsOf {
  const from = new Date(date);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  const midnight = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, day);
  return asOf(midnight + (from.getTime() % 86_400_000));
}

/**
 * Makes the table of candidate observations (party_id, as_of): customers known by each observation date; for a status policy, each
 * customer at the instants from which credit lines were known (the loan's own terms are known by then). Answers the dates, ascending.
 */
export async function findObservations(
  connection: DuckDBConnection,
  options: TrainingSetOptions & { readonly cutoff: Instant },
  into: string,
): Promise<readonly AsOf[]> {
  const { schema = 'raw', policy, cutoff, everyMonths = 3, segment = null, notBefore } = options;
  const party =
    `p.happened_at <= d.as_of AND p.known_from <= d.as_of AND d.as_of < p.known_until` +
    (segment === null ? '' : ' AND p.segment = $segment');
  const parties = `${schema}.parties AS p`;
  const values = segment === null ? {} : { segment };
  const since = notBefore === undefined ? '' : ` WHERE d.as_of >= TIMESTAMP '${notBefore.slice(0, -1)}'`;
  if (options.observationDates === undefined && policy.default.kind === 'status') {
    const grants = `SELECT party_id, min(known_from) AS as_of FROM ${schema}.credit_lines WHERE known_from <= TIMESTAMP '${cutoff.slice(0, -1)}' GROUP BY party_id, credit_line_id`;
    await connection.run(
      `CREATE OR REPLACE TABLE ${into} AS SELECT DISTINCT d.party_id, d.as_of FROM (${grants}) AS d JOIN ${parties} ON p.party_id = d.party_id AND ${party}${since}`,
      values,
    );
  } else {
    const dates = options.observationDates ?? (await regularDates(connection, schema, options, everyMonths));
    if (dates.length === 0) {
      throw new ProbityError(
        'NO_TRAINING_DATA',
        'There is no observation date between the first facts and the cut-off.',
        {
          fix: 'Import a longer history, or give observation dates.',
        },
      );
    }
    const list = dates.map((date) => `(TIMESTAMP '${date.slice(0, -1)}')`).join(', ');
    await connection.run(
      `CREATE OR REPLACE TABLE ${into} AS SELECT DISTINCT p.party_id, d.as_of FROM (VALUES ${list}) AS d(as_of) JOIN ${parties} ON ${party}`,
      values,
    );
  }
  const reader = await connection.runAndReadAll(`SELECT DISTINCT epoch_ms(as_of)::DOUBLE FROM ${into} ORDER BY 1`);
  return reader.getRows().map(([millis]) => asOf(millis as number));
}

/**
 * Regular dates begin a year after the first facts, so that the longest windows are as full in training as they will be in use; sooner
 * where the data are too short to leave a training window, a test window and a month between them.
 */
async function regularDates(
  connection: DuckDBConnection,
  schema: string,
  options: TrainingSetOptions & { readonly cutoff: Instant },
  everyMonths: number,
): Promise<readonly AsOf[]> {
  const first = await firstFact(connection, schema);
  const span = Math.floor((epochMillis(options.cutoff) - epochMillis(first)) / MONTH);
  const spare = span - 2 * options.policy.horizonMonths - 1;
  const history = options.historyMonths ?? Math.max(1, Math.min(12, spare));
  const begin = monthsLater(first, history);
  const { notBefore } = options;
  return monthlyDates(notBefore !== undefined && notBefore > begin ? notBefore : begin, options.cutoff, everyMonths);
}

async function firstFact(connection: DuckDBConnection, schema: string): Promise<Instant> {
  const present = new Set(
    (
      await connection.runAndReadAll('SELECT table_name FROM information_schema.tables WHERE table_schema = $schema', {
        schema: schema.split('.').at(-1) ?? schema,
      })
    )
      .getRows()
      .map(([name]) => name),
  );
  const queries = ['transactions', 'invoices', 'orders', 'behaviour_events', 'payments']
    .filter((table) => present.has(table))
    .map((table) => `SELECT min(known_from) AS first FROM ${schema}.${table}`);
  const reader = await connection.runAndReadAll(
    `SELECT epoch_ms(min(first))::DOUBLE FROM (${[...queries, 'SELECT NULL::TIMESTAMP AS first'].join(' UNION ALL ')})`,
  );
  const first = reader.getRows()[0]?.[0];
  if (typeof first !== 'number') {
    throw new ProbityError(
      'NO_TRAINING_DATA',
      'There are no transactions, invoices, orders, events or payments to learn from.',
    );
  }
  return asOf(first);
}

/** Where the test set begins, unless told: 60 % of the way from the first date that leaves a closed training window to the last mature one. */
export function defaultTestFrom(
  dates: readonly AsOf[],
  horizonMonths: number,
  embargoDays: number,
  cutoff: Instant,
): AsOf {
  const first = dates[0];
  const mature = dates.filter((date) => monthsLater(date, horizonMonths) <= cutoff);
  const last = mature.at(-1);
  if (first === undefined || last === undefined) {
    throw new ProbityError('NO_TRAINING_DATA', 'No observation has a performance window that closed by the cut-off.', {
      fix: 'Import a longer history, or choose a shorter horizon.',
    });
  }
  const earliest = epochMillis(monthsLater(first, horizonMonths)) + embargoDays * 86_400_000;
  const target = earliest + 0.6 * (epochMillis(last) - earliest);
  return mature.find((date) => epochMillis(date) >= target) ?? last;
}
