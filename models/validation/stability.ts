import { binCount, encodeColumn, fitEncoding } from '../binning/index.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { countsByQuantile, normalQuantile, psi, psiCritical, psiStandardError } from '../metrics/index.ts';
import type { Measured } from './gates.ts';
import type { FeatureStability } from './report.ts';

/** PSI of scores between two samples, with its interval by the delta method, less what sampling alone adds. */
export function scoreStability(expected: Float64Array, actual: Float64Array): { psi: Measured; critical: number } {
  const counts = countsByQuantile(expected, actual);
  const n = expected.length;
  const m = actual.length;
  const bins = counts.expected.length;
  const raw = psi(counts.expected, counts.actual);
  const value = Math.max(0, raw - (bins - 1) * (1 / n + 1 / m));
  const standardError = psiStandardError(counts.expected, counts.actual);
  const reach = normalQuantile(0.975) * standardError;
  return {
    psi: { value, standardError, low: Math.max(0, value - reach), high: value + reach },
    critical: psiCritical(n, m, bins),
  };
}

/** Characteristic stability index of every feature that both samples have, largest first: deciles for numbers, levels for categories. */
export function featureStability(train: Dataset, test: Dataset): FeatureStability[] {
  const found: FeatureStability[] = [];
  train.columns.forEach((column, t) => {
    const other = test.columns.find((each) => each.name === column.name && each.kind === column.kind);
    if (!other) return;
    const options = { maxBins: 10, minRows: 1, maxLevels: 30, minLevelRows: 1 };
    const encoding = fitEncoding(column, train.features[t]!, train.weight, options);
    const count = (bins: Uint16Array): number[] => {
      const counts = Array<number>(binCount(encoding)).fill(0);
      for (const bin of bins) counts[bin]!++;
      return counts;
    };
    const expected = count(encodeColumn(column, encoding));
    const actual = count(encodeColumn(other, encoding));
    const used = expected.filter((each, b) => each > 0 || actual[b]! > 0).length;
    found.push({
      feature: column.name,
      csi: psi(expected, actual),
      critical: psiCritical(train.rows, test.rows, Math.max(2, used)),
    });
  });
  return found.sort((a, b) => b.csi - a.csi || (a.feature < b.feature ? -1 : 1));
}
