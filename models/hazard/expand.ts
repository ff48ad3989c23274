import { seededRandom } from '../../base/random.ts';
import { AGE_TERM } from '../../features/specs/parse-flat.ts';
import type { Dataset, FeatureColumn } from '../dataset/dataset.ts';
import { makeDataset } from '../dataset/make.ts';
import { ENDED, type FollowedRows } from './observed.ts';

/** Rows that stand at risk at the longest age, at least: beyond, too few are seen to say anything. */
const LEAST_AT_RISK = 30;

/** Rows of the expanded set, about: steps without default beyond them are sampled, and weigh so much more. */
const MOST_ROWS = 250_000;

/** The last step of age that at least 30 rows were seen in. */
export function longestStep({ steps }: Pick<FollowedRows, 'steps'>): number {
  const sorted = steps.filter((step) => step > 0).sort();
  return sorted[Math.max(0, sorted.length - LEAST_AT_RISK)] ?? 0;
}

/** Steps that a row stands at risk for: up to its end, or, where it left for good, to the longest age: it is known not to default. */
export function stepsAtRisk(
  { steps, ended }: Pick<FollowedRows, 'steps' | 'ended'>,
  row: number,
  longest: number,
): number {
  if (steps[row] === 0) return 0;
  return ended[row] === ENDED.left ? longest : Math.min(steps[row]!, longest);
}

/**
 * Person-periods of a discrete-time hazard (Cox 1972; Singer and Willett 1993): one row for each step of age that a row stood at risk, with the
 * age in months as a feature and, as outcome, whether it defaulted in that step. What is censored simply has no more rows. All rows of one
 * customer share a group, so that no fold divides them. Those that left for good stay as rows without default (Fine and Gray 1999), so that the
 * product of the hazards tells the share that has defaulted by an age and not what would be if nobody ever left. Above `most` rows, steps without default are sampled.
 */
export function personPeriods(
  observed: FollowedRows,
  periodMonths: number,
  longest: number,
  seed: number,
  most: number = MOST_ROWS,
): Dataset {
  const { rows, steps, ended } = observed;
  const risk = Int32Array.from(steps, (_, row) => stepsAtRisk(observed, row, longest));
  const all = risk.reduce((sum, each) => sum + each, 0);
  const events = risk.reduce(
    (sum, each, row) => sum + (ended[row] === ENDED.defaulted && steps[row] === each ? 1 : 0),
    0,
  );
  const share = Math.min(1, Math.max(0, most - events) / Math.max(1, all - events));
  const random = seededRandom(`hazard/${seed}`);
  const origin: number[] = [];
  const step: number[] = [];
  for (let row = 0; row < rows.rows; row++) {
    for (let k = 1; k <= risk[row]!; k++) {
      const isEvent = ended[row] === ENDED.defaulted && k === steps[row];
      if (!isEvent && share < 1 && random.uniform() >= share) continue;
      origin.push(row);
      step.push(k);
    }
  }
  const bad = Uint8Array.from(origin, (row, i) => (ended[row] === ENDED.defaulted && step[i] === steps[row] ? 1 : 0));
  const weighted = share < 1 || rows.weight !== null;
  return makeDataset({
    rows: origin.length,
    columns: [...rows.columns.map((column) => repeated(column, origin)), ages(step, periodMonths)],
    features: [
      ...rows.features,
      {
        name: AGE_TERM,
        type: 'number',
        codes: [],
        monotone: null,
        label: { en: 'Months on book', 'zh-CN': '账龄(月)' },
      },
    ],
    bad,
    weight: weighted
      ? Float64Array.from(origin, (row, i) => (rows.weight?.[row] ?? 1) * (bad[i] === 1 ? 1 : 1 / share))
      : null,
    group: Int32Array.from(origin, (row) => rows.group?.[row] ?? row),
    time: null,
    ids: origin.map((row, i) => `${rows.ids[row]!}/${step[i]! * periodMonths}`),
  });
}

function ages(step: readonly number[], periodMonths: number): FeatureColumn {
  return { kind: 'number', name: AGE_TERM, values: Float64Array.from(step, (k) => k * periodMonths) };
}

function repeated(column: FeatureColumn, origin: readonly number[]): FeatureColumn {
  return column.kind === 'number'
    ? { ...column, values: Float64Array.from(origin, (row) => column.values[row]!) }
    : { ...column, codes: Int32Array.from(origin, (row) => column.codes[row]!) };
}
