import { ProbityError } from '../../base/errors.ts';

/** Share of values that are missing (NaN, null, undefined). */
export function missingRate(values: ArrayLike<number | string | null | undefined>): number {
  let missing = 0;
  for (let i = 0; i < values.length; i++) if (isMissing(values[i])) missing++;
  return values.length === 0 ? 0 : missing / values.length;
}

/** Share of known values that training never saw, and which they are, most frequent first. */
export function unseenLevels(
  values: ArrayLike<string | null>,
  known: readonly string[],
): { readonly share: number; readonly levels: readonly { readonly level: string; readonly count: number }[] } {
  const seen = new Set(known);
  const unseen = new Map<string, number>();
  let there = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    there++;
    if (!seen.has(value)) unseen.set(value, (unseen.get(value) ?? 0) + 1);
  }
  const levels = [...unseen]
    .map(([level, count]) => ({ level, count }))
    .sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1));
  return { share: there === 0 ? 0 : levels.reduce((sum, { count }) => sum + count, 0) / there, levels };
}

/** Shares of known values below and above the range that training saw; codes with a meaning of their own are in no range. */
export function rangeBreaches(
  values: ArrayLike<number>,
  range: readonly [number, number],
  codes: readonly number[] = [],
): { readonly below: number; readonly above: number } {
  let [known, below, above] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value) || codes.includes(value)) continue;
    known++;
    if (value < range[0]) below++;
    else if (value > range[1]) above++;
  }
  return known === 0 ? { below: 0, above: 0 } : { below: below / known, above: above / known };
}

/**
 * Jensen-Shannon distance of two distributions over the same bins, given as counts: the square root of the divergence in bits (Endres and
 * Schindelin 2003), from 0 (equal shares) to 1 (nothing in common). A metric.
 */
export function jensenShannon(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [totalA, totalB] = [totalOf(a), totalOf(b)];
  let divergence = 0;
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [a[i]! / totalA, b[i]! / totalB];
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log2(q / middle)) / 2;
  }
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

/**
 * First Wasserstein distance of two samples of numbers: the area between their distribution functions, in the units of the values. Missing
 * values are left out. Throws INVALID_INPUT where a side has no known value.
 */
export function wasserstein(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [sortedKnown(a), sortedKnown(b)];
  let [i, j, area] = [0, 0, 0];
  let at = Math.min(x[0]!, y[0]!);
  while (i < x.length || j < y.length) {
    const next = Math.min(x[i] ?? Infinity, y[j] ?? Infinity);
    area += Math.abs(i / x.length - j / y.length) * (next - at);
    at = next;
    while (x[i] === next) i++;
    while (y[j] === next) j++;
  }
  return area;
}

function sortedKnown(values: ArrayLike<number>): Float64Array {
  const known = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (known.length > 0) return known;
  throw new ProbityError('INVALID_INPUT', 'A distance needs known values on both sides.');
}

function totalOf(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  if (sum > 0) return sum;
  throw new ProbityError('INVALID_INPUT', 'A distance needs rows on both sides.');
}

const isMissing = (value: number | string | null | undefined): boolean =>
  value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));
