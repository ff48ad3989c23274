import { clusteredShare } from './clustered-share.ts';
import type { Bounded } from './proportions.ts';

/** Rows of one side: bad or not, and whose. */
export interface ClusteredSide {
  readonly bad: ArrayLike<number>;
  /** Customer of each row; the same number is the same customer on both sides. */
  readonly cluster: ArrayLike<number>;
}

/**
 * Difference a - b of two shares whose rows are clustered by customer, a customer being on either side or on both. The intervals of the two shares
 * (`clusteredShare`) are put together by variance recovery with the correlation of the two (Zou and Donner 2008; Newcombe's method 10 where it is 0), which is
 * that of their sums by customer. NaN where a side is empty.
 */
export function clusteredDifference(a: ClusteredSide, b: ClusteredSide, level = 0.95): Bounded {
  const [of, other] = [clusteredShare(a.bad, a.cluster, level), clusteredShare(b.bad, b.cluster, level)];
  const value = of.value - other.value;
  const [inA, inB] = [deviations(a, of.value), deviations(b, other.value)];
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (const [customer, sum] of inA) {
    product += sum * (inB.get(customer) ?? 0);
    squaresA += sum ** 2;
  }
  for (const sum of inB.values()) squaresB += sum ** 2;
  const scale = Math.sqrt(squaresA * squaresB);
  const correlation = scale > 0 ? product / scale : 0;
  const reach = (down: number, up: number): number =>
    Math.sqrt(Math.max(0, down ** 2 + up ** 2 - 2 * correlation * down * up));
  return {
    value,
    low: value - reach(of.value - of.low, other.high - other.value),
    high: value + reach(of.high - of.value, other.value - other.low),
  };
}

/** By customer, the sum of what its rows lie away from the share. */
function deviations({ bad, cluster }: ClusteredSide, share: number): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (let i = 0; i < bad.length; i++) sums.set(cluster[i]!, (sums.get(cluster[i]!) ?? 0) + bad[i]! - share);
  return sums;
}
