import { takeRows } from '../dataset/make.ts';
import type { Dataset, FeatureMatrix } from '../dataset/dataset.ts';
import { logistic } from '../scoring/logistic.ts';
import { designColumns, fitDesign, type Design } from './design.ts';
import { fitRidgeLogistic, type LogisticFit } from './ridge-logistic.ts';

/** A plain logistic regression on the same features: what a model must beat to be worth its trouble. */
export interface PlainLogistic {
  readonly design: Design;
  readonly fit: LogisticFit;
  /** Rows that it was fitted on; fewer than were given where those would take too long. */
  readonly rows: number;
}

/** Multiplications of one Newton step that are still quick. */
const WORK = 2e9;

/**
 * Fits a plain logistic regression (straight lines in standardised numbers, indicators of levels and missing values, ridge 1).
 * `outcome` in place of the data set's own may hold shares; `design` is found on the rows unless given. A sample too large for a few seconds is thinned to every k-th row.
 */
export function fitPlainLogistic(
  train: Dataset,
  outcome: ArrayLike<number> | null = null,
  design: Design = fitDesign(train, train.features),
): PlainLogistic {
  const width = designColumns(design, { ...train, rows: 0, columns: train.columns.map(emptied) }).length + 1;
  const every = Math.max(1, Math.ceil((train.rows * width * width) / WORK));
  const kept = Int32Array.from({ length: Math.ceil(train.rows / every) }, (_, k) => k * every);
  const sample = every === 1 ? train : takeRows(train, kept);
  const y = outcome === null ? sample.bad : Float64Array.from(kept, (row) => outcome[row]!);
  return { design, fit: fitRidgeLogistic(designColumns(design, sample), y, sample.weight), rows: sample.rows };
}

const emptied = (column: Dataset['columns'][number]): Dataset['columns'][number] =>
  column.kind === 'number' ? { ...column, values: new Float64Array() } : { ...column, codes: new Int32Array() };

/** PDs of rows. */
export function predictLogistic({ design, fit }: PlainLogistic, rows: FeatureMatrix): Float64Array {
  const scores = new Float64Array(rows.rows).fill(fit.intercept);
  designColumns(design, rows).forEach((column, c) => {
    const b = fit.coefficients[c]!;
    for (let row = 0; row < scores.length; row++) scores[row]! += b * column[row]!;
  });
  return scores.map(logistic);
}
