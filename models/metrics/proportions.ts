import { betaQuantile } from './beta.ts';
import { normalQuantile } from './normal.ts';

/** A value with the bounds of its interval. */
export interface Bounded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A share with its Jeffreys interval (equal tails of Beta(count + 1/2, n - count + 1/2); closed at 0 and 1 where the count is). */
export function jeffreysInterval(count: number, n: number, level = 0.95): Bounded {
  const tail = (1 - level) / 2;
  return {
    value: n > 0 ? count / n : Number.NaN,
    low: count > 0 ? betaQuantile(tail, count + 0.5, n - count + 0.5) : 0,
    high: count < n ? betaQuantile(1 - tail, count + 0.5, n - count + 0.5) : 1,
  };
}

/**
 * A share with its exact interval (Clopper and Pearson 1934): it covers with at least the level, whatever the true share, so it is the one to prove a bound with.
 */
export function exactInterval(count: number, n: number, level = 0.95): Bounded {
  const tail = (1 - level) / 2;
  return {
    value: n > 0 ? count / n : Number.NaN,
    low: count > 0 ? betaQuantile(tail, count, n - count + 1) : 0,
    high: count < n ? betaQuantile(1 - tail, count + 1, n - count) : 1,
  };
}

/** A share with its score interval (Wilson 1927). */
export function wilsonInterval(count: number, n: number, level = 0.95): Bounded {
  if (!(n > 0)) return { value: Number.NaN, low: 0, high: 1 };
  const z = normalQuantile(0.5 + level / 2);
  const share = count / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const reach = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { value: share, low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}

/** Difference of two independent shares, a - b, with Newcombe's (1998) interval from the two Wilson intervals. */
export function shareDifference(
  a: { readonly count: number; readonly n: number },
  b: { readonly count: number; readonly n: number },
  level = 0.95,
): Bounded {
  const wa = wilsonInterval(a.count, a.n, level);
  const wb = wilsonInterval(b.count, b.n, level);
  const value = wa.value - wb.value;
  return {
    value,
    low: value - Math.hypot(wa.value - wa.low, wb.high - wb.value),
    high: value + Math.hypot(wa.high - wa.value, wb.value - wb.low),
  };
}

/**
 * Ratio of two independent shares, a / b, with the score interval (Koopman 1984): it has width where nobody or everybody succeeded. Without
 * success in b there is no ratio (NaN) and no upper bound (infinity).
 */
export function shareRatio(
  a: { readonly count: number; readonly n: number },
  b: { readonly count: number; readonly n: number },
  level = 0.95,
): Bounded {
  const z = normalQuantile(0.5 + level / 2);
  const [pa, pb] = [a.count / a.n, b.count / b.n];
  if (b.count === 0) return { value: Number.NaN, low: 0, high: Number.POSITIVE_INFINITY };
  /** Standardised distance from a hypothetical ratio, at the shares that are likeliest under it; falls as the ratio grows. */
  const score = (ratio: number): number => {
    const linear = a.n * ratio + a.count + b.n + b.count * ratio;
    const square = Math.sqrt(Math.max(0, linear ** 2 - 4 * (a.n + b.n) * ratio * (a.count + b.count)));
    const q = (2 * (a.count + b.count)) / (linear + square);
    const p = ratio * q;
    return (pa - ratio * pb) / Math.sqrt((p * (1 - p)) / a.n + (ratio ** 2 * q * (1 - q)) / b.n);
  };
  const solve = (from: number, to: number, target: number): number => {
    let [low, high] = [from, to];
    for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
      const middle = (low + high) / 2;
      if (score(middle) > target) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  const value = pa / pb;
  let above = 2 * Math.max(value, 1 / a.n);
  while (score(above) > -z && above < 1e12) above *= 2;
  return { value, low: a.count === 0 ? 0 : solve(0, value, z), high: solve(value, above, -z) };
}
