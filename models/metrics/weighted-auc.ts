import { delongInterval, type AucInterval } from './delong.ts';
import { normalQuantile } from './normal.ts';
import { auc, orderByScore } from './roc.ts';

/**
 * AUC of weighted rows with its interval: DeLong's variance of the placement values, each row with its weight (the linearised variance of a
 * weighted two-sample U-statistic: sum of squared weights times squared deviations over the squared sum of weights, by outcome).
 * Equal weights, or none, give DeLong's own interval.
 */
export function weightedAucInterval(
  scores: ArrayLike<number>,
  bad: ArrayLike<number>,
  weight: ArrayLike<number> | null,
  level = 0.95,
): AucInterval {
  if (weight === null) return delongInterval(scores, bad, level);
  const value = auc(scores, bad, weight);
  const placed = weightedPlacements(scores, bad, weight);
  let variance = 0;
  for (const outcome of [0, 1]) {
    let [mass, squares, rows] = [0, 0, 0];
    for (let row = 0; row < scores.length; row++) {
      if (bad[row] !== outcome || weight[row] === 0) continue;
      rows++;
      mass += weight[row]!;
      squares += (weight[row]! * (placed[row]! - value)) ** 2;
    }
    if (rows > 1) variance += ((rows / (rows - 1)) * squares) / mass ** 2;
  }
  const standardError = Math.sqrt(variance);
  const reach = normalQuantile(0.5 + level / 2) * standardError;
  return { auc: value, standardError, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
}

/** For each bad the weighted share of goods below it, for each good that of bads above it; ties one half. */
function weightedPlacements(
  scores: ArrayLike<number>,
  bad: ArrayLike<number>,
  weight: ArrayLike<number>,
): Float64Array {
  const order = orderByScore(scores);
  let [goods, bads] = [0, 0];
  for (let row = 0; row < scores.length; row++) {
    if (bad[row] === 1) bads += weight[row]!;
    else goods += weight[row]!;
  }
  const values = new Float64Array(scores.length);
  let [goodsBelow, badsBelow] = [0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    let [tiedGoods, tiedBads] = [0, 0];
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
      const row = order[end]!;
      if (bad[row] === 1) tiedBads += weight[row]!;
      else tiedGoods += weight[row]!;
    }
    for (let k = start; k < end; k++) {
      const row = order[k]!;
      values[row] = bad[row] === 1 ? (goodsBelow + tiedGoods / 2) / goods : (bads - badsBelow - tiedBads / 2) / bads;
    }
    goodsBelow += tiedGoods;
    badsBelow += tiedBads;
    start = end;
  }
  return values;
}
