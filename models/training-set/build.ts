import type { DuckDBConnection } from '@duckdb/node-api';
import { ProbityError } from '../../base/errors.ts';
import { epochMillis, instant, type AsOf, type Instant } from '../../base/instant.ts';
import { silent } from '../../base/progress.ts';
import { computeFeatures } from '../../features/asof/index.ts';
import { dataCutoff, labelObservations, type LabelOptions, type LabelReport } from '../../features/labels/index.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { readDataset } from './read-dataset.ts';
import { defaultTestFrom, findObservations } from './observations.ts';
import type { SideReport, TrainingSet, TrainingSetOptions } from './options.ts';

const DAY = 86_400_000;
let runs = 0;

/**
 * Training and test set from the warehouse: several observation dates a customer, features as of each, labels by policy.
 *
 * Split by time and by customer: training rows are observed before `testFrom`, test rows from then on, and no customer is on both sides.
 * Where customers have rows on both sides they are divided by a hash of the seed and their key, independent of what became of them.
 * Embargo: training labels are those that were known `embargoDays` before `testFrom`; windows that had not closed by then are left out.
 * (A status policy tells one label per customer on one day, so there only the order in time holds.)
 * Throws NO_TRAINING_DATA, naming the reasons, where a side has no defaults or nothing else.
 */
export async function buildTrainingSet(
  connection: DuckDBConnection,
  options: TrainingSetOptions,
): Promise<TrainingSet> {
  const { policy, embargoDays } = options;
  const { more: _, ...set } = await buildSides(connection, options, {
    dates: options,
    label: (asked) => labelObservations(connection, asked),
    testFrom: (dates, cutoff) => defaultTestFrom(dates, policy.horizonMonths, embargoDays, lastMature(options, cutoff)),
    more: async () => null,
  });
  return set;
}

/** What differs between kinds of training sets. */
export interface Labelling<T> {
  /** Observation dates are found by these. */
  readonly dates: TrainingSetOptions;
  /** Makes the table of labels (party_id, as_of, label and whatever else) of what is asked. */
  readonly label: (asked: LabelOptions) => Promise<LabelReport>;
  /** First observation date of the test set, where none is given. */
  readonly testFrom: (dates: readonly AsOf[], cutoff: Instant) => AsOf;
  /** Mends the table of the rows of both sides (party_id, as_of, bad, side) before features are computed. */
  readonly mend?: (rows: string) => Promise<void>;
  /** Reads what else is wanted before the tables go: `rows`, and the labels of each side. */
  readonly more: (tables: { readonly rows: string; readonly train: string; readonly test: string }) => Promise<T>;
}

/** Both sides of a training set, by any labelling. */
export async function buildSides<T>(
  connection: DuckDBConnection,
  options: TrainingSetOptions,
  labelling: Labelling<T>,
): Promise<TrainingSet & { readonly more: T }> {
  const {
    views,
    policy,
    embargoDays,
    reportingDays = 0,
    schema = 'raw',
    seed,
    testShare = 0.3,
    progress = silent,
  } = options;
  const cutoff = options.cutoff ?? (await dataCutoff(connection, schema));
  const work = `training_work_${(runs += 1)}`;
  const table = (name: string): string => `${work}.main.${name}`;
  await connection.run(`ATTACH ':memory:' AS ${work} (READ_WRITE)`);
  try {
    progress({ step: 'labels', done: 0 });
    const dates = await findObservations(connection, { ...labelling.dates, cutoff }, table('asked'));
    const testFrom = options.testFrom ?? labelling.testFrom(dates, cutoff);
    const common = { policy, reportingDays, schema };
    const labels = await labelling.label({ ...common, asked: table('asked'), cutoff, into: table('labels') });
    const dated = policy.default.kind !== 'status';
    const trainKnownBy = instant(epochMillis(testFrom) - embargoDays * DAY);
    if (dated) {
      const early = `(SELECT * FROM ${table('asked')} WHERE as_of < ${timestamp(testFrom)})`;
      await labelling.label({ ...common, asked: early, cutoff: trainKnownBy, into: table('train_labels') });
    } else {
      await connection.run(
        `CREATE TABLE ${table('train_labels')} AS FROM ${table('labels')} WHERE as_of < ${timestamp(testFrom)}`,
      );
    }
    const customerSplit = await divide(connection, { table, testFrom, seed, testShare });
    await labelling.mend?.(table('rows'));
    await computeFeatures(connection, {
      views,
      asked: table('rows'),
      schema,
      into: table('features'),
      progress,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const side = (name: 'train' | 'test'): Promise<Dataset> =>
      readDataset(
        connection,
        views,
        `${table('rows')} AS r JOIN ${table('features')} AS f USING (party_id, as_of) WHERE r.side = '${name}'`,
      );
    const train = await side('train');
    const test = await side('test');
    checkSides(train, test);
    const more = await labelling.more({ rows: table('rows'), train: table('train_labels'), test: table('labels') });
    return {
      train,
      test,
      more,
      report: {
        cutoff,
        testFrom,
        trainKnownBy: dated ? trainKnownBy : null,
        observationDates: dates.length,
        customerSplit,
        labels,
        train: sideReport(train),
        test: sideReport(test),
        featureViews: Object.fromEntries(views.map((view) => [view.name, view.hash])),
      },
    };
  } finally {
    await connection.run(`DETACH ${work}`);
  }
}

function lastMature({ policy }: TrainingSetOptions, cutoff: Instant): Instant {
  if (policy.default.kind !== 'status') return cutoff;
  return instant(epochMillis(instant(policy.default.observedAt)) + DAY);
}

/** Makes the table of the rows of both sides (party_id, as_of, bad, side). */
async function divide(
  connection: DuckDBConnection,
  split: {
    readonly table: (name: string) => string;
    readonly testFrom: AsOf;
    readonly seed: number;
    readonly testShare: number;
  },
): Promise<'hashed' | 'by date'> {
  const { table, testFrom, seed, testShare } = split;
  const teaches = "label IN ('bad', 'good')";
  const both = await connection.runAndReadAll(
    `SELECT EXISTS (SELECT party_id FROM ${table('asked')} GROUP BY party_id
       HAVING min(as_of) < ${timestamp(testFrom)} AND max(as_of) >= ${timestamp(testFrom)})`,
  );
  const hashed = both.getRows()[0]?.[0] === true;
  const forTest = hashed
    ? `md5_number_lower('${seed}/' || party_id) % 10000 < ${Math.round(testShare * 10_000)}`
    : `as_of >= ${timestamp(testFrom)}`;
  await connection.run(
    `CREATE TABLE ${table('rows')} AS
     SELECT party_id, as_of, (label = 'bad')::INTEGER AS bad, 'train' AS side FROM ${table('train_labels')} WHERE ${teaches} AND NOT (${forTest})
     UNION ALL
     SELECT party_id, as_of, (label = 'bad')::INTEGER, 'test' FROM ${table('labels')}
     WHERE ${teaches} AND as_of >= ${timestamp(testFrom)} AND ${forTest}`,
  );
  return hashed ? 'hashed' : 'by date';
}

const timestamp = (at: Instant): string => `TIMESTAMP '${at.slice(0, -1)}'`;

/** Throws NO_TRAINING_DATA, naming the reasons, where a side has no defaults or nothing else. */
export function checkSides(train: Dataset, test: Dataset): void {
  const problems = (['train', 'test'] as const).flatMap((at) => {
    const { rows, bads } = count(at === 'train' ? train : test);
    if (rows === 0) return [{ at, message: 'has no mature observations' }];
    if (bads === 0) return [{ at, message: `has no defaults among ${rows} observations` }];
    return bads === rows ? [{ at, message: `has nothing but defaults among ${rows} observations` }] : [];
  });
  if (problems.length === 0) return;
  throw new ProbityError('NO_TRAINING_DATA', 'There is too little to train on and to test.', { problems });
}

function count(dataset: Dataset): { rows: number; bads: number } {
  return { rows: dataset.rows, bads: dataset.bad.reduce((sum, bad) => sum + bad, 0) };
}

/** Counts of one side, as its report tells them. */
export function sideReport(dataset: Dataset): SideReport {
  const time = dataset.time ?? new Float64Array();
  let [first, last] = [Infinity, -Infinity];
  for (const at of time) [first, last] = [Math.min(first, at), Math.max(last, at)];
  return { ...count(dataset), customers: new Set(dataset.group).size, period: [instant(first), instant(last)] };
}
