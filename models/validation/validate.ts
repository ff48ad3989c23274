import { ProbityError } from '../../base/errors.ts';
import type { Dataset, FeatureMatrix } from '../dataset/dataset.ts';
import {
  atCutoff,
  auc,
  brier,
  brierParts,
  calibrationGroups,
  calibrationLine,
  ece,
  gini,
  hosmerLemeshow,
  ks,
  liftAt,
  logit,
  logLoss,
  rocCurve,
  type RocPoint,
} from '../metrics/index.ts';
import { aucDifference, aucInterval, aucMethod, clusterOf, customersOf } from './compare.ts';
import { answerGate, DEFAULT_GATES, verdictOf, type GateRule, type Measured } from './gates.ts';
import type { ValidationReport } from './report.ts';
import { featureStability, scoreStability } from './stability.ts';

export interface ValidationInput {
  /** Name or hash of the model, for the report. */
  readonly model: string;
  /** PDs of rows, in their order; any scorer: `(rows) => scoreMatrix(artefact, rows).pd`. */
  readonly predict: (rows: FeatureMatrix) => Float64Array;
  /** Rows that the model was not trained on. */
  readonly test: Dataset;
  /** The rows that it was trained on, for stability. */
  readonly train?: Dataset;
  /** The champion's PDs of the test rows. */
  readonly champion?: Float64Array;
  readonly gates?: readonly GateRule[];
}

/**
 * Measures a model on rows that it has not seen, and answers its gates. Intervals are clustered by customer where a customer has
 * several rows. A gate whose measure cannot be had here (no champion yet, no training rows) is left out. Weights count in AUC, log-loss and
 * Brier score, not in intervals. Throws INVALID_INPUT where the test rows lack one outcome or a PD is missing.
 */
export function validateModel(input: ValidationInput): ValidationReport {
  const { test, train, champion } = input;
  const pd = input.predict(test);
  refuseUnusable(test, pd, champion);
  const { bad, weight } = test;
  const bads = bad.reduce((sum, each) => sum + each, 0);
  const cluster = clusterOf(test);
  const interval = aucInterval(pd, test);
  const area: Measured = {
    value: auc(pd, bad, weight),
    standardError: interval.standardError,
    low: interval.low,
    high: interval.high,
  };
  const line = calibrationLine(pd, bad, cluster);
  const stability = train
    ? { ...scoreStability(input.predict(train), pd), features: featureStability(train, test) }
    : null;
  const difference = champion ? aucDifference(pd, champion, test) : null;
  const measured: { readonly [measure in GateRule['measure']]: Measured | null } = {
    auc: area,
    calibrationSlope: line.slope,
    calibrationInTheLarge: line.inTheLarge,
    psi: stability?.psi ?? null,
    aucAgainstChampion: difference && { ...difference, value: difference.difference },
  };
  const gates = (input.gates ?? DEFAULT_GATES).flatMap((rule) => {
    const estimate = measured[rule.measure];
    return estimate ? [answerGate(rule, estimate, { rows: test.rows, bads })] : [];
  });
  return {
    format: 'probity.validation/1',
    model: input.model,
    testSetHash: test.hash,
    sample: { rows: test.rows, bads, customers: customersOf(test), period: periodOf(test) },
    discrimination: {
      auc: area,
      method: aucMethod(test),
      gini: gini(pd, bad, weight),
      ks: ks(pd, bad, weight),
      roc: thinned(rocCurve(pd, bad, weight)),
    },
    accuracy: {
      logLoss: logLoss(pd, bad, weight),
      brier: brier(pd, bad, weight),
      brierParts: brierParts(pd, bad),
      ece: ece(pd, bad),
    },
    calibration: { ...line, hosmerLemeshow: hosmerLemeshow(pd, bad), groups: calibrationGroups(pd, bad) },
    ranking: {
      lift: [0.01, 0.05, 0.1, 0.2].map((share) => ({ share, lift: liftAt(pd, bad, share) })),
      cutoffs: [0.05, 0.1, 0.2, 0.3].map((cutoff) => atCutoff(pd, bad, cutoff)),
    },
    distribution: distributionOf(pd, bad),
    stability,
    champion:
      difference && champion
        ? { auc: auc(champion, bad, weight), difference, logLoss: logLoss(champion, bad, weight) }
        : null,
    gates,
    verdict: verdictOf(gates),
  };
}

function refuseUnusable(test: Dataset, pd: Float64Array, champion: Float64Array | undefined): void {
  const problems = [];
  const bads = test.bad.reduce((sum, each) => sum + each, 0);
  if (bads === 0 || bads === test.rows)
    problems.push({ at: 'test', message: 'it needs at least one default and one non-default' });
  const usable = (values: Float64Array): boolean =>
    values.length === test.rows && values.every((value) => value >= 0 && value <= 1);
  if (!usable(pd)) problems.push({ at: 'predict', message: 'it must answer one PD within 0 and 1 for each row' });
  if (champion && !usable(champion))
    problems.push({ at: 'champion', message: 'there must be one PD within 0 and 1 for each test row' });
  if (problems.length > 0)
    throw new ProbityError('INVALID_INPUT', 'The model cannot be validated on these rows.', { problems });
}

function periodOf({ time }: Dataset): readonly [string, string] | null {
  if (time === null || time.length === 0) return null;
  let first = time[0]!;
  let last = first;
  for (const each of time) {
    if (each < first) first = each;
    if (each > last) last = each;
  }
  if (!Number.isFinite(first) || !Number.isFinite(last)) return null;
  return [new Date(first).toISOString(), new Date(last).toISOString()];
}

/** At most about 200 points of a ROC curve, first and last included; thresholds, which are PDs of single rows, are left out. */
function thinned(points: readonly RocPoint[]): { hit: number; falseAlarm: number }[] {
  const step = Math.max(1, Math.ceil(points.length / 200));
  return points
    .filter((_, i) => i % step === 0 || i === points.length - 1)
    .map(({ hit, falseAlarm }) => ({ hit, falseAlarm }));
}

function distributionOf(pd: Float64Array, bad: Uint8Array): ValidationReport['distribution'] {
  const steps = 30;
  const scores = pd.map(logit);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  const width = Math.max(1e-9, (high - low) / steps);
  const goods = Array<number>(steps).fill(0);
  const bads = Array<number>(steps).fill(0);
  scores.forEach((score, i) => {
    const step = Math.min(steps - 1, Math.floor((score - low) / width));
    if (bad[i] === 1) bads[step]!++;
    else goods[step]!++;
  });
  return {
    edges: Array.from({ length: steps + 1 }, (_, i) => 1 / (1 + Math.exp(-(low + i * width)))),
    goods,
    bads,
  };
}
