import { ProbityError } from '../../base/errors.ts';

/** Row indexes in ascending order of score; ties by row. */
export function orderByScore(scores: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);
}

/** Throws unless both outcomes are there, with weight. */
function refuseOneClass(goods: number, bads: number): void {
  if (goods > 0 && bads > 0) return;
  throw new ProbityError('INVALID_INPUT', 'Discrimination is defined only where both outcomes occur.', {
    fix: 'Use a sample with at least one default and one non-default.',
  });
}

/**
 * Area under the ROC curve: the probability that a bad scores above a good, ties one half (Mann-Whitney), weighted where weights are
 * given. Higher score means more likely bad.
 */
export function auc(
  scores: ArrayLike<number>,
  bad: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
): number {
  const order = orderByScore(scores);
  let goodsBelow = 0;
  let bads = 0;
  let pairs = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    let tiedGoods = 0;
    let tiedBads = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) {
      const row = order[end]!;
      const w = weight === null ? 1 : weight[row]!;
      if (bad[row] === 1) tiedBads += w;
      else tiedGoods += w;
      end++;
    }
    pairs += tiedBads * (goodsBelow + tiedGoods / 2);
    goodsBelow += tiedGoods;
    bads += tiedBads;
    start = end;
  }
  refuseOneClass(goodsBelow, bads);
  return pairs / (goodsBelow * bads);
}

/** Gini coefficient, 2 AUC - 1 (also accuracy ratio, Somers' D). */
export function gini(
  scores: ArrayLike<number>,
  bad: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
): number {
  return 2 * auc(scores, bad, weight) - 1;
}

/** Kolmogorov-Smirnov distance between the score distributions of bads and goods. */
export function ks(scores: ArrayLike<number>, bad: ArrayLike<number>, weight: ArrayLike<number> | null = null): number {
  return rocCurve(scores, bad, weight).reduce(
    (most, point) => Math.max(most, Math.abs(point.hit - point.falseAlarm)),
    0,
  );
}

/** One point of the ROC curve: shares of bads and of goods that score at least `threshold`. */
export interface RocPoint {
  readonly threshold: number;
  readonly hit: number;
  readonly falseAlarm: number;
}

/** The ROC curve from (0, 0) to (1, 1), one point for each distinct score, highest first. */
export function rocCurve(
  scores: ArrayLike<number>,
  bad: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
): RocPoint[] {
  const order = orderByScore(scores);
  let goods = 0;
  let bads = 0;
  for (const row of order) {
    const w = weight === null ? 1 : weight[row]!;
    if (bad[row] === 1) bads += w;
    else goods += w;
  }
  refuseOneClass(goods, bads);
  const points: RocPoint[] = [{ threshold: Number.POSITIVE_INFINITY, hit: 0, falseAlarm: 0 }];
  let hits = 0;
  let alarms = 0;
  for (let k = order.length - 1; k >= 0; k--) {
    const row = order[k]!;
    const w = weight === null ? 1 : weight[row]!;
    if (bad[row] === 1) hits += w;
    else alarms += w;
    if (k === 0 || scores[order[k - 1]!] !== scores[row])
      points.push({ threshold: scores[row]!, hit: hits / bads, falseAlarm: alarms / goods });
  }
  return points;
}
