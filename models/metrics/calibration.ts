import { equalCountGroups } from './accuracy.ts';
import { chiSquaredTail, normalQuantile } from './normal.ts';

/** Log-odds of a PD, cut to [1e-12, 1 - 1e-12]. */
export function logit(pd: number): number {
  const p = Math.min(1 - 1e-12, Math.max(1e-12, pd));
  return Math.log(p) - Math.log1p(-p);
}

export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

export interface CalibrationLine {
  /** Coefficient of the log-odds in a logistic regression of the outcome: 1 where PDs are spread rightly. */
  readonly slope: Estimate;
  /** Intercept of that regression. */
  readonly intercept: Estimate;
  /** Calibration in the large: intercept with the slope held at 1 (0 where the mean PD is right). */
  readonly inTheLarge: Estimate;
}

/**
 * Calibration slope and intercept (Cox 1958) with Wald intervals; with `cluster` (customer of each row) the variance is the
 * cluster-robust sandwich (Liang and Zeger 1986), else the model's own.
 */
export function calibrationLine(
  pd: ArrayLike<number>,
  bad: ArrayLike<number>,
  cluster: ArrayLike<number> | null = null,
  level = 0.95,
): CalibrationLine {
  const x = Float64Array.from(pd, logit);
  const z = normalQuantile(0.5 + level / 2);
  const estimate = (value: number, variance: number): Estimate => {
    const standardError = Math.sqrt(Math.max(0, variance));
    return { value, standardError, low: value - z * standardError, high: value + z * standardError };
  };
  const both = fit(x, bad, cluster, true);
  const large = fit(x, bad, cluster, false);
  return {
    slope: estimate(both.slope, both.varianceSlope),
    intercept: estimate(both.intercept, both.varianceIntercept),
    inTheLarge: estimate(large.intercept, large.varianceIntercept),
  };
}

function fit(x: Float64Array, bad: ArrayLike<number>, cluster: ArrayLike<number> | null, freeSlope: boolean) {
  let a = 0;
  let b = 1;
  let haa = 0;
  let hab = 0;
  let hbb = 0;
  const lossAt = (intercept: number, slope: number): number => {
    let loss = 0;
    for (let i = 0; i < x.length; i++) {
      const s = (bad[i] === 1 ? -1 : 1) * (intercept + slope * x[i]!);
      loss += s > 0 ? s + Math.log1p(Math.exp(-s)) : Math.log1p(Math.exp(s));
    }
    return loss;
  };
  let loss = lossAt(a, b);
  for (let iteration = 0; iteration < 100; iteration++) {
    let ga = 0;
    let gb = 0;
    haa = hab = hbb = 0;
    for (let i = 0; i < x.length; i++) {
      const p = 1 / (1 + Math.exp(-(a + b * x[i]!)));
      const r = bad[i]! - p;
      const h = p * (1 - p);
      ga += r;
      gb += r * x[i]!;
      haa += h;
      hab += h * x[i]!;
      hbb += h * x[i]! * x[i]!;
    }
    const determinant = haa * hbb - hab * hab;
    const da = freeSlope ? (hbb * ga - hab * gb) / determinant : ga / haa;
    const db = freeSlope ? (haa * gb - hab * ga) / determinant : 0;
    if (!Number.isFinite(da) || !Number.isFinite(db)) break;
    let share = 1;
    while (share > 1e-8 && lossAt(a + share * da, b + share * db) > loss + 1e-12 * Math.abs(loss)) share /= 2;
    a += share * da;
    b += share * db;
    loss = lossAt(a, b);
    if (Math.abs(share * da) + Math.abs(share * db) < 1e-12) break;
  }
  const determinant = haa * hbb - hab * hab;
  const bread = freeSlope
    ? { aa: hbb / determinant, ab: -hab / determinant, bb: haa / determinant }
    : { aa: 1 / haa, ab: 0, bb: 0 };
  if (cluster === null) return { intercept: a, slope: b, varianceIntercept: bread.aa, varianceSlope: bread.bb };
  const sums = new Map<number, [number, number]>();
  for (let i = 0; i < x.length; i++) {
    const r = bad[i]! - 1 / (1 + Math.exp(-(a + b * x[i]!)));
    const sum = sums.get(cluster[i]!) ?? [0, 0];
    sum[0] += r;
    sum[1] += r * x[i]!;
    sums.set(cluster[i]!, sum);
  }
  let varianceIntercept = 0;
  let varianceSlope = 0;
  for (const [sa, sb] of sums.values()) {
    varianceIntercept += (bread.aa * sa + bread.ab * sb) ** 2;
    varianceSlope += (bread.ab * sa + bread.bb * sb) ** 2;
  }
  const correction = sums.size > 1 ? sums.size / (sums.size - 1) : 1;
  return {
    intercept: a,
    slope: b,
    varianceIntercept: varianceIntercept * correction,
    varianceSlope: varianceSlope * correction,
  };
}

/** One group of the calibration plot. */
export interface CalibrationGroup {
  readonly rows: number;
  readonly bads: number;
  readonly meanPd: number;
  readonly badRate: number;
}

/** Mean PD and default rate by groups of equal count, lowest PD first. */
export function calibrationGroups(pd: ArrayLike<number>, bad: ArrayLike<number>, groups = 10): CalibrationGroup[] {
  return equalCountGroups(pd, groups).map((rows) => {
    let bads = 0;
    let sum = 0;
    for (const row of rows) {
      bads += bad[row]!;
      sum += pd[row]!;
    }
    return { rows: rows.length, bads, meanPd: sum / rows.length, badRate: bads / rows.length };
  });
}

/** Expected calibration error: mean distance of group default rate and group mean PD, weighted by rows. */
export function ece(pd: ArrayLike<number>, bad: ArrayLike<number>, groups = 10): number {
  let sum = 0;
  for (const group of calibrationGroups(pd, bad, groups))
    sum += (group.rows / pd.length) * Math.abs(group.badRate - group.meanPd);
  return sum;
}

export interface HosmerLemeshow {
  readonly statistic: number;
  readonly degrees: number;
  readonly pValue: number;
}

/** Hosmer-Lemeshow test over groups of equal count; on rows that the model was not fitted on, degrees of freedom = groups. */
export function hosmerLemeshow(pd: ArrayLike<number>, bad: ArrayLike<number>, groups = 10): HosmerLemeshow {
  const table = calibrationGroups(pd, bad, groups);
  let statistic = 0;
  for (const { rows, bads, meanPd } of table) {
    const variance = rows * meanPd * (1 - meanPd);
    if (variance > 0) statistic += (bads - rows * meanPd) ** 2 / variance;
  }
  return { statistic, degrees: table.length, pValue: chiSquaredTail(statistic, table.length) };
}
