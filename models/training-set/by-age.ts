import type { DuckDBConnection } from '@duckdb/node-api';
import { ProbityError } from '../../base/errors.ts';
import { epochMillis, type AsOf, type Instant } from '../../base/instant.ts';
import { followObservations } from '../../features/labels/index.ts';
import { ENDED, longestStep, personPeriods, type FollowedRows } from '../hazard/index.ts';
import { AGE_TERM } from '../../features/specs/parse-flat.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { buildSides } from './build.ts';
import { monthsLater } from './observations.ts';
import type { TrainingSet, TrainingSetOptions } from './options.ts';

/** Rows for a hazard model: who was followed for how long after each observation date, on both sides of the split. */
export interface FollowedSet extends Pick<TrainingSet, 'report'> {
  readonly train: FollowedRows;
  /** Each customer once, by its first observation: rows of one customer share its default and would be no further evidence. */
  readonly test: FollowedRows;
}

/**
 * Training and test set of a term structure: customers are followed from each observation date in steps of `stepMonths`, for at most `policy.horizonMonths`. Split, embargo and
 * features are those of `buildTrainingSet`; unless told, the test set begins half-way, so that both sides see the same ages. A customer that goes away without default
 * stays as one who does not default, so PDs are shares that have defaulted by an age. Throws NO_TRAINING_DATA, INVALID_SPEC.
 */
export async function buildFollowedSet(
  connection: DuckDBConnection,
  options: TrainingSetOptions & { readonly stepMonths: number },
): Promise<FollowedSet> {
  const { stepMonths, policy, embargoDays } = options;
  const { more, train, test, report } = await buildSides(connection, options, {
    // The least that a row must be followed for is one step.
    dates: { ...options, policy: { ...policy, horizonMonths: stepMonths } },
    label: (asked) => followObservations(connection, { ...asked, stepMonths }),
    testFrom: (dates, cutoff) => halfWay(dates, cutoff, stepMonths, embargoDays),
    mend: async (rows) => {
      await connection.run(
        `DELETE FROM ${rows} AS r WHERE side = 'test' AND as_of > (SELECT min(f.as_of) FROM ${rows} AS f WHERE f.side = 'test' AND f.party_id = r.party_id)`,
      );
    },
    more: async (tables) => ({
      train: await stepsOf(connection, tables.rows, tables.train, 'train'),
      test: await stepsOf(connection, tables.rows, tables.test, 'test'),
    }),
  });
  return { train: followedRows(train, more.train), test: followedRows(test, more.test), report };
}

/** Whole steps of the rows of one side, in the order of its data set. */
async function stepsOf(connection: DuckDBConnection, rows: string, labels: string, side: string): Promise<Int32Array> {
  const reader = await connection.runAndReadAll(
    `SELECT l.steps FROM ${rows} AS r JOIN ${labels} AS l USING (party_id, as_of) WHERE r.side = '${side}' ORDER BY as_of, party_id`,
  );
  return Int32Array.from(reader.getRows(), ([steps]) => Number(steps));
}

/** Rows that were followed for so many steps each, to their default or until they were seen no longer. */
export function followedRows(rows: Dataset, steps: Int32Array): FollowedRows {
  return { rows, steps, ended: Int8Array.from(rows.bad, (bad) => (bad === 1 ? ENDED.defaulted : ENDED.censored)) };
}

/** The observation date, after the first, that is nearest to the middle of the time that customers can be followed for. */
function halfWay(dates: readonly AsOf[], cutoff: Instant, stepMonths: number, embargoDays: number): AsOf {
  const [first, ...others] = dates.filter((date) => monthsLater(date, stepMonths) <= cutoff);
  if (first === undefined || others.length === 0)
    throw new ProbityError(
      'NO_TRAINING_DATA',
      'Customers were not followed for one step of age from two observation dates by the cut-off.',
      {
        fix: 'Import a longer history, or choose shorter steps.',
      },
    );
  const middle = (epochMillis(first) + embargoDays * 86_400_000 + epochMillis(cutoff)) / 2;
  const from = (date: AsOf): number => Math.abs(epochMillis(date) - middle);
  return others.reduce((best, date) => (from(date) < from(best) ? date : best));
}

/** What a hazard model is trained on: a row for each step of age that each row stood at risk, without names, and the ages that were seen. */
export interface AgePeriods {
  readonly dataset: Dataset;
  readonly ages: NonNullable<Artefact['target']['ages']>;
}

/** Person-periods of followed rows. Throws NOT_TRAINABLE where no age was seen by enough rows. */
export function agePeriods(train: FollowedRows, stepMonths: number, seed: number): AgePeriods {
  const longest = longestStep(train);
  if (longest === 0)
    throw new ProbityError('NOT_TRAINABLE', 'No age was seen by enough rows for a hazard model.', {
      fix: 'Import a longer history, or choose shorter steps.',
    });
  const dataset = personPeriods(train, stepMonths, longest, seed);
  return {
    // Whose rows they are stands in the rows that they were made from; an erasure finds them there.
    dataset: { ...dataset, ids: dataset.ids.map((_, row) => String(row)) },
    ages: { term: AGE_TERM, periodMonths: stepMonths, longestMonths: longest * stepMonths },
  };
}
