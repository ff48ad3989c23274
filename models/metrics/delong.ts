import { auc, orderByScore } from './roc.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** Placement values of DeLong, DeLong and Clarke-Pearson (1988): for each bad the share of goods below it, for each good the share of bads above it. */
export function placements(scores: ArrayLike<number>, bad: ArrayLike<number>): Float64Array {
  const order = orderByScore(scores);
  let bads = 0;
  for (let i = 0; i < scores.length; i++) bads += bad[i]!;
  const goods = scores.length - bads;
  const values = new Float64Array(scores.length);
  let goodsBelow = 0;
  let badsBelow = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    let tiedBads = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) tiedBads += bad[order[end++]!]!;
    const tiedGoods = end - start - tiedBads;
    for (let k = start; k < end; k++) {
      const row = order[k]!;
      values[row] =
        bad[row] === 1 ? (goodsBelow + tiedGoods / 2) / goods : (bads - badsBelow - tiedBads + tiedBads / 2) / bads;
    }
    goodsBelow += tiedGoods;
    badsBelow += tiedBads;
    start = end;
  }
  return values;
}

function covariance(
  a: Float64Array,
  b: Float64Array,
  bad: ArrayLike<number>,
  outcome: number,
): { value: number; n: number } {
  let n = 0;
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < a.length; i++) {
    if (bad[i] !== outcome) continue;
    n++;
    meanA += a[i]!;
    meanB += b[i]!;
  }
  meanA /= n;
  meanB /= n;
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (bad[i] === outcome) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return { value: n > 1 ? sum / (n - 1) : 0, n };
}

function delongCovariance(a: Float64Array, b: Float64Array, bad: ArrayLike<number>): number {
  const bads = covariance(a, b, bad, 1);
  const goods = covariance(a, b, bad, 0);
  return bads.value / bads.n + goods.value / goods.n;
}

export interface AucInterval {
  readonly auc: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** AUC with its DeLong interval (fast midrank form of Sun and Xu 2014), cut to [0, 1]. */
export function delongInterval(scores: ArrayLike<number>, bad: ArrayLike<number>, level = 0.95): AucInterval {
  const value = auc(scores, bad);
  const placed = placements(scores, bad);
  const standardError = Math.sqrt(delongCovariance(placed, placed, bad));
  const reach = normalQuantile(0.5 + level / 2) * standardError;
  return { auc: value, standardError, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
}

export interface AucDifference {
  /** AUC of `a` minus AUC of `b`. */
  readonly difference: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided. */
  readonly pValue: number;
}

/** Paired comparison of two scores on the same rows (DeLong et al. 1988). */
export function pairedDelong(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  bad: ArrayLike<number>,
  level = 0.95,
): AucDifference {
  const difference = auc(a, bad) - auc(b, bad);
  const pa = placements(a, bad);
  const pb = placements(b, bad);
  const variance = delongCovariance(pa, pa, bad) + delongCovariance(pb, pb, bad) - 2 * delongCovariance(pa, pb, bad);
  const standardError = Math.sqrt(Math.max(0, variance));
  const reach = normalQuantile(0.5 + level / 2) * standardError;
  const pValue = standardError > 0 ? 2 * normalCdf(-Math.abs(difference / standardError)) : 1;
  return { difference, standardError, low: difference - reach, high: difference + reach, pValue };
}
