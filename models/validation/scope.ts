import type { Dataset } from '../dataset/dataset.ts';
import { divide, type Division } from './parts.ts';

/** How the test rows stand to the rows that the model was trained on. */
export type Scope = 'out-of-time' | 'out-of-sample' | 'partly-out-of-time' | 'in-sample' | 'unknown';

/** What is known of the training rows. */
export interface TrainingFacts {
  readonly hash: string;
  /** First and last observation date, ISO, or null. */
  readonly period: readonly [string, string] | null;
  /** AUC at development, out of fold. */
  readonly auc?: number;
}

/**
 * How the test rows stand to training: the same rows (in-sample), all after its last date (out-of-time), some after it, or others without
 * dates that tell. Rows that are mixed with training rows cannot be known by hashes: with `train`, shared identifiers are counted too.
 */
export function scopeOf(test: Dataset, training: TrainingFacts | null, train: Dataset | null): Scope {
  if (training === null) return 'unknown';
  if (test.hash === training.hash || sharesRows(test, train)) return 'in-sample';
  const end = training.period === null ? null : Date.parse(training.period[1]);
  if (end === null || test.time === null) return 'out-of-sample';
  const later = test.time.reduce((sum, at) => sum + (at > end ? 1 : 0), 0);
  if (later === test.rows) return 'out-of-time';
  return later > 0 ? 'partly-out-of-time' : 'out-of-sample';
}

/** Whether rows of both sets are the same in every feature and in the outcome, in more than a tenth of the test rows. */
function sharesRows(test: Dataset, train: Dataset | null): boolean {
  if (train === null) return false;
  const key = (set: Dataset, row: number): string =>
    test.columns
      .map(({ name }) => {
        const column = set.columns.find((each) => each.name === name);
        if (!column) return '';
        if (column.kind === 'number') return String(column.values[row]);
        return column.levels[column.codes[row]!] ?? '';
      })
      .concat(String(set.bad[row]))
      .join('\u0001');
  const numbers = test.columns.filter((column) => column.kind === 'number').length;
  // Few or coarse features make different customers alike.
  if (numbers < 3) return false;
  const step = Math.max(1, Math.floor(test.rows / 500));
  const asked = new Set<string>();
  for (let row = 0; row < test.rows; row += step) asked.add(key(test, row));
  const found = new Set<string>();
  for (let row = 0; row < train.rows; row++) {
    const each = key(train, row);
    if (asked.has(each)) found.add(each);
  }
  return found.size > asked.size / 10;
}

/** The test rows by quarter, or by year where there are more than twelve quarters; null without dates or with one period only. */
export function byPeriod(test: Dataset, pd: Float64Array): Division | null {
  const { time } = test;
  if (time === null) return null;
  const quarter = (row: number): string => {
    const date = new Date(time[row]!);
    return `${date.getUTCFullYear()}-Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
  };
  const quarters = new Set<string>();
  for (let row = 0; row < test.rows; row++) quarters.add(quarter(row));
  if (quarters.size < 2) return null;
  return divide('period', quarters.size > 12 ? (row) => quarter(row).slice(0, 4) : quarter, pd, test);
}

/** Rows of the training period beside later ones; null where they are not mixed. */
export function byTime(test: Dataset, pd: Float64Array, training: TrainingFacts | null): Division | null {
  const { time } = test;
  if (time === null || !training?.period) return null;
  const end = Date.parse(training.period[1]);
  const division = divide('time', (row) => (time[row]! > end ? 'out-of-time' : 'out-of-sample'), pd, test);
  return division.parts.length > 1 ? division : null;
}
