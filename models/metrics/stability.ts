import { chiSquaredTail, normalQuantile } from './normal.ts';

/**
 * Population stability index of two distributions over the same bins, given as counts. An empty bin counts as half a row, so that the
 * index stays finite. Never negative; 0 for equal shares.
 */
export function psi(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  const total = (counts: ArrayLike<number>): number => {
    let sum = 0;
    for (let b = 0; b < counts.length; b++) sum += Math.max(0.5, counts[b]!);
    return sum;
  };
  const totalExpected = total(expected);
  const totalActual = total(actual);
  let sum = 0;
  for (let b = 0; b < expected.length; b++) {
    if (expected[b] === 0 && actual[b] === 0) continue;
    const e = Math.max(0.5, expected[b]!) / totalExpected;
    const a = Math.max(0.5, actual[b]!) / totalActual;
    sum += (a - e) * Math.log(a / e);
  }
  return Math.max(0, sum);
}

/**
 * Standard error of the PSI of two samples, given as counts: delta method over two multinomials, and the spread that the index has where nothing
 * changed (it is chi-squared there, and the slopes vanish).
 */
export function psiStandardError(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  const rowsOf = (counts: ArrayLike<number>): number => Array.from(counts).reduce((sum, each) => sum + each, 0);
  const [n, m] = [rowsOf(expected), rowsOf(actual)];
  const shares = (counts: ArrayLike<number>, total: number): number[] =>
    Array.from(counts, (count) => Math.max(0.5, count) / total);
  const [e, a] = [shares(expected, n), shares(actual, m)];
  const variance = (of: readonly number[], slope: readonly number[], rows: number): number => {
    const mean = of.reduce((sum, p, b) => sum + p * slope[b]!, 0);
    return of.reduce((sum, p, b) => sum + p * (slope[b]! - mean) ** 2, 0) / rows;
  };
  const slopeA = a.map((p, b) => Math.log(p / e[b]!) + 1 - e[b]! / p);
  const slopeE = e.map((p, b) => Math.log(p / a[b]!) + 1 - a[b]! / p);
  const spread = 2 * (e.length - 1) * (1 / n + 1 / m) ** 2;
  return Math.sqrt(variance(a, slopeA, m) + variance(e, slopeE, n) + spread);
}

/** Scores counted into bins of equal count of the expected sample. */
export function countsByQuantile(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
  bins = 10,
): { readonly expected: number[]; readonly actual: number[] } {
  const sorted = Float64Array.from(expected).sort();
  const edges = [
    ...new Set(Array.from({ length: bins - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / bins)]!)),
  ];
  const count = (scores: ArrayLike<number>): number[] => {
    const counts = Array<number>(edges.length + 1).fill(0);
    for (let i = 0; i < scores.length; i++) {
      let b = 0;
      while (b < edges.length && edges[b]! <= scores[i]!) b++;
      counts[b]!++;
    }
    return counts;
  };
  return { expected: count(expected), actual: count(actual) };
}

/**
 * The PSI that two samples of the same population exceed with probability 1 - level: under no change
 * PSI is about (1/n + 1/m) times chi-squared with bins - 1 degrees (Yurdakul and Naranjo 2020).
 */
export function psiCritical(n: number, m: number, bins: number, level = 0.95): number {
  return (1 / n + 1 / m) * chiSquaredQuantile(level, bins - 1);
}

/** Quantile of the chi-squared distribution, by bisection of its tail from the Wilson-Hilferty start. */
export function chiSquaredQuantile(p: number, degrees: number): number {
  if (degrees <= 0) return 0;
  const z = normalQuantile(p);
  let high = Math.max(1, degrees * (1 - 2 / (9 * degrees) + z * Math.sqrt(2 / (9 * degrees))) ** 3 * 2);
  while (1 - chiSquaredTail(high, degrees) < p) high *= 2;
  let low = 0;
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const middle = (low + high) / 2;
    if (1 - chiSquaredTail(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
