import type { Dataset } from '../dataset/dataset.ts';
import { auc, logLoss, newcombeInterval, normalQuantile } from '../metrics/index.ts';
import { aucDifference } from './compare.ts';
import type { Rival } from './report.ts';

/**
 * The model beside a rival on the same rows. Where both separate the rows perfectly the paired interval has no width; unless their PDs
 * are the same, it then takes that of Newcombe's bounds for an AUC of 1, so that few rows prove nothing.
 */
export function compareRival(pd: Float64Array, rival: Float64Array, test: Dataset): Rival {
  const { bad, weight } = test;
  const paired = aucDifference(pd, rival, test);
  const figures = { auc: auc(rival, bad, weight), logLoss: logLoss(rival, bad, weight) };
  if (paired.standardError > 0 || pd.every((p, row) => p === rival[row])) return { ...figures, difference: paired };
  const bads = bad.reduce((sum, each) => sum + each, 0);
  const { value, low } = newcombeInterval(figures.auc, bads, bad.length - bads);
  const reach = Math.max(value - low, 1 / bad.length);
  const standardError = reach / normalQuantile(0.975);
  const { difference } = paired;
  return {
    ...figures,
    difference: { difference, standardError, low: difference - reach, high: difference + reach, pValue: 1 },
  };
}
