import { ProbityError } from '../../base/errors.ts';
import type { CategoryColumn, Dataset, FeatureMatrix } from '../dataset/dataset.ts';
import {
  atCutoff,
  auc,
  aucDecline,
  brier,
  brierParts,
  calibrationGroups,
  calibrationLine,
  ece,
  gini,
  gradeTest,
  hMeasure,
  hosmerLemeshow,
  ks,
  liftAt,
  logLoss,
  rocCurve,
  spiegelhalter,
} from '../metrics/index.ts';
import { asGroups } from '../protected/index.ts';
import type { RejectSensitivity } from '../reject-inference/index.ts';
import { reportGrades, type GradeBand } from './by-grade.ts';
import { aucMethod, clusterOf, customersOf } from './compare.ts';
import { distributionOf, thinned } from './curves.ts';
import { measureFairness } from './fairness.ts';
import { answerGate, DEFAULT_GATES, verdictOf, type GateRule, type Measured } from './gates.ts';
import { divide, measureAuc } from './parts.ts';
import type { Unmeasured, ValidationReport } from './report.ts';
import { measureProxies } from './proxies.ts';
import { compareRival } from './rival.ts';
import { byPeriod, byTime, scopeOf, type TrainingFacts } from './scope.ts';
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
  /** What the artefact says of them, to tell out-of-time from in-sample. */
  readonly training?: TrainingFacts;
  /** The champion's PDs of the test rows. */
  readonly champion?: Float64Array;
  /** A plain logistic regression's PDs of the test rows. */
  readonly logistic?: Float64Array;
  /** A master scale's grades, safest first. */
  readonly grades?: readonly GradeBand[];
  /** The segment of each test row. */
  readonly segment?: CategoryColumn;
  /** Protected attributes of each test row. */
  readonly protected?: readonly CategoryColumn[];
  /** PDs below it are approved; without it, the PD that approves the safest four fifths of the test rows. */
  readonly approveBelow?: number;
  readonly rejects?: RejectSensitivity;
  readonly gates?: readonly GateRule[];
}

/**
 * Measures a model on rows that it has not seen, and answers its gates. Intervals are clustered by customer where a customer has
 * several rows. A gate whose measure cannot be had here (no champion yet, no training rows) is left out, and `notMeasured` says so.
 * Weights count in AUC, log-loss and Brier score, not in intervals. Throws INVALID_INPUT where the test rows lack one outcome or a PD
 * is missing.
 */
export function validateModel(input: ValidationInput): ValidationReport {
  const { test, train, champion, logistic, grades, segment } = input;
  const pd = input.predict(test);
  refuseUnusable(test, { predict: pd, champion, logistic });
  const { bad, weight } = test;
  const bads = bad.reduce((sum, each) => sum + each, 0);
  const cluster = clusterOf(test);
  const area = { ...measureAuc(pd, bad, cluster, false), value: auc(pd, bad, weight) };
  const line = calibrationLine(pd, bad, cluster);
  const trainPd = train ? input.predict(train) : null;
  const stability =
    train && trainPd ? { ...scoreStability(trainPd, pd), features: featureStability(train, test) } : null;
  const rival = champion ? compareRival(pd, champion, test) : null;
  const plain = logistic ? compareRival(pd, logistic, test) : null;
  const training = input.training ?? (train ? { hash: train.hash, period: periodOf(train) } : null);
  const decline =
    training?.auc === undefined
      ? null
      : aucDecline(training.auc, { auc: area.value, standardError: area.standardError });
  const scope = scopeOf(test, training, train ?? null);
  const measured: { readonly [measure in GateRule['measure']]: Measured | null } = {
    auc: { ...measureAuc(pd, bad, cluster, true), value: area.value },
    calibrationSlope: line.slope,
    calibrationInTheLarge: line.inTheLarge,
    psi: stability?.psi ?? null,
    aucAgainstChampion: rival && { ...rival.difference, value: rival.difference.difference },
  };
  const gates = (input.gates ?? DEFAULT_GATES).flatMap((rule) => {
    const estimate = measured[rule.measure];
    const inSample = scope === 'in-sample' && rule.measure !== 'psi';
    return estimate ? [answerGate(rule, estimate, { rows: test.rows, bads }, inSample)] : [];
  });
  const approveBelow = input.approveBelow ?? pd.toSorted()[Math.min(test.rows - 1, Math.ceil(0.8 * test.rows))]!;
  const divisions = [
    byTime(test, pd, training),
    byPeriod(test, pd),
    segment
      ? divide('segment', (row) => (segment.codes[row]! < 0 ? '–' : segment.levels[segment.codes[row]!]!), pd, test)
      : null,
  ].filter((each) => each !== null);
  const attributes = input.protected ?? [];
  const fairness = measureFairness(
    attributes.map(asGroups),
    new Set(test.columns.map((column) => column.name)),
    test,
    pd,
    approveBelow,
  );
  const absent: readonly (readonly [Unmeasured, boolean])[] = [
    ['stability', stability === null],
    ['champion', rival === null],
    ['logistic', plain === null],
    ['grades', !grades],
    ['periods', !divisions.some(({ by }) => by === 'period')],
    ['segments', !segment],
    ['fairness', fairness.length === 0],
    ['rejects', !input.rejects],
  ];
  return {
    format: 'probity.validation/2',
    model: input.model,
    testSetHash: test.hash,
    sample: {
      rows: test.rows,
      bads,
      customers: customersOf(test),
      period: periodOf(test),
      scope,
    },
    discrimination: {
      auc: area,
      method: aucMethod(test),
      initial: decline && training?.auc !== undefined ? { auc: training.auc, pValue: decline.pValue } : null,
      gini: gini(pd, bad, weight),
      ks: ks(pd, bad, weight),
      hMeasure: hMeasure(pd, bad, weight),
      roc: thinned(rocCurve(pd, bad, weight)),
    },
    accuracy: {
      logLoss: logLoss(pd, bad, weight),
      brier: brier(pd, bad, weight),
      brierParts: brierParts(pd, bad),
      ece: ece(pd, bad),
    },
    calibration: {
      ...line,
      hosmerLemeshow: hosmerLemeshow(pd, bad),
      spiegelhalter: spiegelhalter(pd, bad),
      portfolio: gradeTest({ rows: test.rows, bads, meanPd: pd.reduce((sum, p) => sum + p, 0) / test.rows }),
      groups: calibrationGroups(pd, bad),
    },
    ranking: {
      lift: [0.01, 0.05, 0.1, 0.2].map((share) => ({ share, lift: liftAt(pd, bad, share) })),
      cutoffs: [0.05, 0.1, 0.2, 0.3].map((cutoff) => atCutoff(pd, bad, cutoff)),
      decision: atCutoff(pd, bad, approveBelow),
    },
    grades: grades ? reportGrades(grades, test, pd, { train: trainPd, champion: champion ?? null }) : null,
    divisions,
    fairness,
    proxies: measureProxies(attributes, test),
    distribution: distributionOf(pd, bad),
    stability,
    champion: rival,
    logistic: plain,
    rejects: input.rejects ?? null,
    notMeasured: absent.filter(([, missing]) => missing).map(([name]) => name),
    gates,
    verdict: verdictOf(gates),
  };
}

function refuseUnusable(test: Dataset, scores: { readonly [at: string]: Float64Array | undefined }): void {
  const problems = [];
  const bads = test.bad.reduce((sum, each) => sum + each, 0);
  if (bads === 0 || bads === test.rows)
    problems.push({ at: 'test', message: 'it needs at least one default and one non-default' });
  const usable = (values: Float64Array): boolean =>
    values.length === test.rows && values.every((value) => value >= 0 && value <= 1);
  for (const [at, values] of Object.entries(scores)) {
    if (values && !usable(values))
      problems.push({ at, message: 'there must be one PD within 0 and 1 for each test row' });
  }
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
