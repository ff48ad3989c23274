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

/** Ratio of two independent shares, a / b, with the log interval of Katz et al. (1978); without successes on a side: no bound there. */
export function shareRatio(
  a: { readonly count: number; readonly n: number },
  b: { readonly count: number; readonly n: number },
  level = 0.95,
): Bounded {
  const value = a.count / a.n / (b.count / b.n);
  if (!(a.count > 0 && b.count > 0)) return { value, low: 0, high: Number.POSITIVE_INFINITY };
  const variance = 1 / a.count - 1 / a.n + 1 / b.count - 1 / b.n;
  const reach = Math.exp(normalQuantile(0.5 + level / 2) * Math.sqrt(Math.max(0, variance)));
  return { value, low: value / reach, high: value * reach };
}
