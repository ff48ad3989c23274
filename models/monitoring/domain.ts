import { fitPlainLogistic, predictLogistic } from '../benchmark/index.ts';
import { makeDataset, type Dataset, type FeatureColumn, type FeatureMatrix } from '../dataset/index.ts';
import type { FeatureDeclaration } from '../../features/specs/flat-spec.ts';
import { delongInterval, type AucInterval } from '../metrics/index.ts';

/** How well a classifier tells present rows from reference rows, and what that makes of each reference row. */
export interface DomainClassifier {
  /** AUC of rows that it was not fitted on, with its interval: 0.5 where nobody could tell them apart. */
  readonly auc: AucInterval;
  /** Density ratio of present to reference customers at each reference row, mean 1. */
  readonly densityRatio: Float64Array;
}

/** Largest ratio, in multiples of the mean: one odd row must not speak for all. */
const MOST = 20;

/**
 * A plain logistic regression that tells present rows from reference rows, each half of the rows judged by the fit on the other half. Its AUC
 * measures drift of all features together (Rabanser, Günnemann, Lipton 2019); its odds are the density ratio (Bickel, Brückner, Scheffer 2009), cut at
 * 20 times the mean. The columns must be the same on both sides. Rows of one customer should be few: the interval takes rows as independent.
 */
export function domainClassifier(
  reference: FeatureMatrix,
  present: FeatureMatrix,
  features: readonly FeatureDeclaration[],
): DomainClassifier {
  const all = joined(reference, present, features);
  // By a multiplicative hash, so that no order of the rows, and no thinning of them, falls together with the halves.
  const fold = (row: number): number => Math.imul(row + 1, 0x9e3779b1) >>> 31;
  const score = new Float64Array(all.rows);
  for (const out of [0, 1]) {
    const weight = Float64Array.from({ length: all.rows }, (_, row) => (fold(row) === out ? 0 : 1));
    const fit = fitPlainLogistic({ ...all, weight });
    predictLogistic(fit, all).forEach((p, row) => {
      if (fold(row) === out) score[row] = p;
    });
  }
  const odds = score.slice(0, reference.rows).map((p) => p / (1 - p));
  const mean = odds.reduce((sum, each) => sum + each, 0) / odds.length;
  const cut = odds.map((each) => Math.min(MOST, each / mean));
  const cutMean = cut.reduce((sum, each) => sum + each, 0) / cut.length;
  return { auc: delongInterval(score, all.bad), densityRatio: cut.map((each) => each / cutMean) };
}

/** Both matrices one below the other, "bad" where a row is of the present one. */
function joined(reference: FeatureMatrix, present: FeatureMatrix, features: readonly FeatureDeclaration[]): Dataset {
  const rows = reference.rows + present.rows;
  const columns = reference.columns.map((column, c): FeatureColumn => {
    const other = present.columns[c];
    if (column.kind === 'number' && other?.kind === 'number') {
      const values = new Float64Array(rows);
      values.set(column.values);
      values.set(other.values, reference.rows);
      return { ...column, values };
    }
    if (column.kind === 'category' && other?.kind === 'category') {
      const levels = [...new Set([...column.levels, ...other.levels])];
      const place = other.levels.map((level) => levels.indexOf(level));
      const codes = new Int32Array(rows);
      codes.set(column.codes);
      codes.set(
        other.codes.map((code) => (code < 0 ? code : place[code]!)),
        reference.rows,
      );
      return { ...column, levels, codes };
    }
    throw new TypeError('The columns of both matrices must be of the same kinds.');
  });
  return makeDataset({
    rows,
    columns,
    features,
    bad: Uint8Array.from({ length: rows }, (_, row) => (row < reference.rows ? 0 : 1)),
    weight: null,
    group: null,
    time: null,
    ids: Array.from({ length: rows }, (_, row) => String(row)),
  });
}
