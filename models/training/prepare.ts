import { ProbityError, type Problem } from '../../base/errors.ts';
import type { Encoding } from '../artefact/glass-box.ts';
import { binCount, defaultBinning, encodeColumn, firstOrdinary, fitEncoding } from '../binning/index.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { BinnedRows, TermLayout } from './layout.ts';
import type { TrainingOptions } from './options.ts';

export interface Prepared {
  readonly encodings: readonly Encoding[];
  readonly terms: readonly TermLayout[];
  readonly data: BinnedRows;
}

/** Bins every feature of a data set that can be learned from; refuses one that cannot, with all of its problems. */
export function prepare(dataset: Dataset, options: TrainingOptions): Prepared {
  refuseUnlearnable(dataset, options);
  const defaults = defaultBinning(dataset.rows);
  const binning = options.maxBins > 0 ? { ...defaults, maxBins: options.maxBins } : defaults;
  const encodings = dataset.columns.map((column, t) =>
    fitEncoding(column, dataset.features[t]!, dataset.weight, binning),
  );
  const terms = encodings.map((encoding, t): TermLayout => {
    const monotone = encoding.kind === 'number' ? dataset.features[t]!.monotone : null;
    return {
      bins: binCount(encoding),
      first: firstOrdinary(encoding),
      ordered: encoding.kind === 'number',
      direction: monotone === 'increasing' ? 1 : monotone === 'decreasing' ? -1 : 0,
    };
  });
  const weight = dataset.weight && unitMean(dataset.weight);
  return {
    encodings,
    terms,
    data: {
      rows: dataset.rows,
      bins: encodings.map((encoding, t) => encodeColumn(dataset.columns[t]!, encoding)),
      bad: dataset.bad,
      weight,
    },
  };
}

/** Weights scaled to a mean of 1, so that ridges and leaf sizes keep their meaning. */
function unitMean(weight: Float64Array): Float64Array {
  const mean = weight.reduce((sum, each) => sum + each, 0) / weight.length;
  return weight.map((each) => each / mean);
}

function refuseUnlearnable(dataset: Dataset, options: TrainingOptions): void {
  const problems: Problem[] = [];
  const bads = dataset.bad.reduce((sum, each) => sum + each, 0);
  const goods = dataset.rows - bads;
  if (dataset.rows === 0) problems.push({ at: 'rows', message: 'there are no rows' });
  else if (bads === 0) problems.push({ at: 'target', message: 'no row is bad' });
  else if (goods === 0) problems.push({ at: 'target', message: 'every row is bad' });
  else if (bads < options.folds || goods < options.folds)
    problems.push({
      at: 'target',
      message: `${Math.min(bads, goods)} rows of the rarer outcome are too few to learn from; ${options.folds} are the least`,
    });
  if (dataset.columns.length === 0) problems.push({ at: 'features', message: 'there is no feature' });
  const { centralTendency } = options;
  if (!(centralTendency >= 0 && centralTendency < 1))
    problems.push({ at: 'centralTendency', message: 'a bad rate must lie between 0 and 1' });
  const { weight } = dataset;
  if (weight?.some((each) => !Number.isFinite(each) || each < 0))
    problems.push({ at: 'weight', message: 'a weight is negative or not a number' });
  else if (weight && dataset.rows > 0 && !weight.some((each) => each > 0))
    problems.push({ at: 'weight', message: 'every weight is zero' });
  else if (weight && !Number.isFinite(weight.reduce((sum, each) => sum + each, 0)))
    problems.push({ at: 'weight', message: 'the weights add up to more than a number can hold' });
  else if (weight && bads > 0 && goods > 0) {
    const weighs = (outcome: number) => weight.some((each, row) => each > 0 && dataset.bad[row] === outcome);
    if (!weighs(1)) problems.push({ at: 'weight', message: 'every bad row weighs zero' });
    if (!weighs(0)) problems.push({ at: 'weight', message: 'every good row weighs zero' });
  }
  if (problems.length > 0)
    throw new ProbityError('NOT_TRAINABLE', 'No model can be learned from this data set.', { problems });
}
