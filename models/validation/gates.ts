import { normalCdf, normalQuantile } from '../metrics/index.ts';

/** Measures of a whole sample that gates guard. */
export type SampleMeasure = 'auc' | 'calibrationSlope' | 'calibrationInTheLarge' | 'psi' | 'aucAgainstChampion';

/** What a gate guards: the interval of which measure must lie within which bounds. Gates are data; a project may set its own. */
export interface GateRule<M extends string = SampleMeasure> {
  readonly id: string;
  readonly measure: M;
  /** Acceptable values; null: no bound on that side. */
  readonly atLeast: number | null;
  readonly atMost: number | null;
  /** A value that a good model has, for stating power. */
  readonly ideal: number;
}

export const DEFAULT_GATES: readonly GateRule[] = [
  { id: 'discrimination', measure: 'auc', atLeast: 0.6, atMost: null, ideal: 0.7 },
  { id: 'calibration-slope', measure: 'calibrationSlope', atLeast: 0.75, atMost: 1.33, ideal: 1 },
  { id: 'calibration-in-the-large', measure: 'calibrationInTheLarge', atLeast: -0.3, atMost: 0.3, ideal: 0 },
  { id: 'population-stability', measure: 'psi', atLeast: null, atMost: 0.25, ideal: 0 },
  { id: 'not-worse-than-champion', measure: 'aucAgainstChampion', atLeast: -0.02, atMost: null, ideal: 0 },
];

/** A measured value with its uncertainty. */
export interface Measured {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

export type GateResult = 'pass' | 'fail' | 'insufficient evidence';

export interface GateOutcome<M extends string = SampleMeasure> extends GateRule<M> {
  readonly result: GateResult;
  /**
   * Why the evidence is insufficient: the interval reaches over a bound, the model was trained on these rows, too few defaults, or nobody was seen
   * for so long; null where it is not.
   */
  readonly because: 'interval' | 'in-sample' | 'few' | 'unseen' | null;
  /** Null where there are too few defaults to measure. */
  readonly estimate: Measured | null;
  readonly sample: { readonly rows: number; readonly bads: number };
  /** Smallest departure that a two-sided 5 % test on this sample finds with probability 0.8; null where nothing was measured. */
  readonly minimumDetectableEffect: number | null;
  /** Probability that a model with the ideal value passes on a sample of this size. */
  readonly power: number;
}

/**
 * Answers a gate by its 95 % interval: pass where it lies within the bounds, fail where it lies outside, and insufficient evidence
 * where it reaches over a bound: a sample too small to tell never gives green (equivalence by confidence interval, Westlake 1972).
 * Rows that the model was trained on can speak against it, never for it.
 */
export function answerGate<M extends string>(
  rule: GateRule<M>,
  estimate: Measured,
  sample: { readonly rows: number; readonly bads: number },
  inSample = false,
): GateOutcome<M> {
  const least = rule.atLeast ?? Number.NEGATIVE_INFINITY;
  const most = rule.atMost ?? Number.POSITIVE_INFINITY;
  let result: GateResult = 'insufficient evidence';
  if (estimate.low >= least && estimate.high <= most) result = 'pass';
  else if (estimate.high < least || estimate.low > most) result = 'fail';
  const because = inSample && result === 'pass' ? 'in-sample' : result === 'insufficient evidence' ? 'interval' : null;
  if (because !== null) result = 'insufficient evidence';
  const z = normalQuantile(0.975);
  const se = estimate.standardError;
  const reach = (distance: number): number =>
    distance === Number.POSITIVE_INFINITY ? 1 : se > 0 ? normalCdf(distance / se - z) : 1;
  const power = Math.max(0, reach(rule.ideal - least) + reach(most - rule.ideal) - 1);
  return { ...rule, result, because, estimate, sample, minimumDetectableEffect: (z + normalQuantile(0.8)) * se, power };
}

/** The verdict of several gates: fail where one fails, else insufficient evidence where one lacks it, else pass. */
export function verdictOf(gates: readonly Pick<GateOutcome, 'result'>[]): GateResult {
  if (gates.some((gate) => gate.result === 'fail')) return 'fail';
  if (gates.length === 0 || gates.some((gate) => gate.result === 'insufficient evidence'))
    return 'insufficient evidence';
  return 'pass';
}
