import { logit, type RocPoint } from '../metrics/index.ts';
import type { ValidationReport } from './report.ts';

/** At most about 200 points of a ROC curve, first and last included; thresholds, which are PDs of single rows, are left out. */
export function thinned(points: readonly RocPoint[]): { hit: number; falseAlarm: number }[] {
  const step = Math.max(1, Math.ceil(points.length / 200));
  return points
    .filter((_, i) => i % step === 0 || i === points.length - 1)
    .map(({ hit, falseAlarm }) => ({ hit, falseAlarm }));
}

/** Goods and bads counted by PD, in equal steps of log-odds. */
export function distributionOf(pd: Float64Array, bad: Uint8Array): ValidationReport['distribution'] {
  const steps = 30;
  const scores = pd.map(logit);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  const width = Math.max(1e-9, (high - low) / steps);
  const goods = Array<number>(steps).fill(0);
  const bads = Array<number>(steps).fill(0);
  scores.forEach((score, i) => {
    const step = Math.min(steps - 1, Math.floor((score - low) / width));
    if (bad[i] === 1) bads[step]!++;
    else goods[step]!++;
  });
  return {
    edges: Array.from({ length: steps + 1 }, (_, i) => 1 / (1 + Math.exp(-(low + i * width)))),
    goods,
    bads,
  };
}
