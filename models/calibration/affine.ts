import type { Calibration } from '../artefact/glass-box.ts';

/** log(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** Mean weighted log-loss of log-odds. */
export function logLossOfLogOdds(logOdds: Float64Array, bad: Uint8Array, weight: Float64Array | null): number {
  let loss = 0;
  let mass = 0;
  for (let i = 0; i < logOdds.length; i++) {
    const w = weight === null ? 1 : weight[i]!;
    loss += w * softplus(bad[i] === 1 ? -logOdds[i]! : logOdds[i]!);
    mass += w;
  }
  return loss / mass;
}

/**
 * Slope and intercept of the logistic regression of the outcome on log-odds (Cox 1958), by Newton's method with step halving.
 */
export function fitAffine(
  logOdds: Float64Array,
  bad: Uint8Array,
  weight: Float64Array | null,
): { slope: number; intercept: number } {
  let slope = 1;
  let intercept = 0;
  const lossAt = (b: number, a: number): number => {
    let loss = 0;
    for (let i = 0; i < logOdds.length; i++) {
      const x = a + b * logOdds[i]!;
      loss += (weight === null ? 1 : weight[i]!) * softplus(bad[i] === 1 ? -x : x);
    }
    return loss;
  };
  let loss = lossAt(slope, intercept);
  for (let iteration = 0; iteration < 50; iteration++) {
    let ga = 0;
    let gb = 0;
    let haa = 1e-9;
    let hab = 0;
    let hbb = 1e-9;
    for (let i = 0; i < logOdds.length; i++) {
      const s = logOdds[i]!;
      const w = weight === null ? 1 : weight[i]!;
      const p = 1 / (1 + Math.exp(-(intercept + slope * s)));
      const r = w * (p - bad[i]!);
      const h = w * p * (1 - p);
      ga += r;
      gb += r * s;
      haa += h;
      hab += h * s;
      hbb += h * s * s;
    }
    const determinant = haa * hbb - hab * hab;
    if (!(determinant > 0)) break;
    const da = -(hbb * ga - hab * gb) / determinant;
    const db = -(haa * gb - hab * ga) / determinant;
    let share = 1;
    let next = lossAt(slope + db, intercept + da);
    while (next > loss && share > 1e-6) {
      share /= 2;
      next = lossAt(slope + share * db, intercept + share * da);
    }
    if (!(next < loss)) break;
    const gained = loss - next;
    slope += share * db;
    intercept += share * da;
    loss = next;
    if (gained < 1e-12 * Math.abs(loss)) break;
  }
  return { slope, intercept };
}

/**
 * The affine calibration of out-of-fold log-odds (Cox 1958), where it lowers their log-loss; otherwise slope 1 and intercept 0 stay. Models
 * that were fitted closely spread their scores too far, and out-of-fold scores show too little of it (bags are stopped on the fold that
 * they do not see, pairs are chosen on all rows): a slope below 1 errs towards 1. A slope above 1 would spread scores further on that
 * flattering evidence, so it must also lower the loss of each fold by a fit to the others. `folds`: the fold of each row.
 */
export function calibrateOutOfFold(
  logOdds: Float64Array,
  bad: Uint8Array,
  weight: Float64Array | null,
  folds: Int32Array,
): Calibration {
  const before = logLossOfLogOdds(logOdds, bad, weight);
  const none: Calibration = { method: 'none', slope: 1, intercept: 0, logLossBefore: before, logLossAfter: before };
  const { slope, intercept } = fitAffine(logOdds, bad, weight);
  const served = logOdds.map((each) => slope * each + intercept);
  const after = logLossOfLogOdds(served, bad, weight);
  if (!(slope > 0) || !(after < before)) return none;
  if (slope > 1 && !(crossFittedLoss(logOdds, bad, weight, folds) < before)) return none;
  return { method: 'affine', slope, intercept, logLossBefore: before, logLossAfter: after };
}

/** Log-loss where each fold is calibrated by a fit to the others. */
function crossFittedLoss(
  logOdds: Float64Array,
  bad: Uint8Array,
  weight: Float64Array | null,
  folds: Int32Array,
): number {
  const served = new Float64Array(logOdds.length);
  for (const fold of new Set(folds)) {
    const others = Float64Array.from(folds, (each, row) => (each === fold ? 0 : (weight?.[row] ?? 1)));
    const { slope, intercept } = fitAffine(logOdds, bad, others);
    folds.forEach((each, row) => {
      if (each === fold) served[row] = slope * logOdds[row]! + intercept;
    });
  }
  return logLossOfLogOdds(served, bad, weight);
}
