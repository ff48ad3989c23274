import type {
  AucDifference,
  BrierParts,
  CalibrationGroup,
  CalibrationLine,
  CutoffOutcome,
  GradeTest,
  HosmerLemeshow,
  RocPoint,
  Spiegelhalter,
} from '../metrics/index.ts';
import type { RejectSensitivity } from '../reject-inference/index.ts';
import type { GradeReport } from './by-grade.ts';
import type { AttributeFairness } from './fairness.ts';
import type { AucMethod } from './compare.ts';
import type { GateOutcome, GateResult, Measured } from './gates.ts';
import type { Division } from './parts.ts';
import type { ProxyReport } from './proxies.ts';
import type { Scope } from './scope.ts';

/** How far one feature's distribution moved from training to test. */
export interface FeatureStability {
  readonly feature: string;
  readonly csi: number;
  /** What the index exceeds by chance in one of twenty samples without any change. */
  readonly critical: number;
}

/** Another model's PDs of the same rows. */
export interface Rival {
  readonly auc: number;
  readonly logLoss: number;
  /** AUC of the validated model minus that of the rival. */
  readonly difference: AucDifference;
}

/** What the report has no figures for. */
export type Unmeasured =
  'stability' | 'champion' | 'logistic' | 'grades' | 'segments' | 'fairness' | 'periods' | 'rejects';

/** The result of a validation, as JSON. Contains no row of any applicant. */
export interface ValidationReport {
  readonly format: 'probity.validation/2';
  readonly model: string;
  readonly testSetHash: string;
  readonly sample: {
    readonly rows: number;
    readonly bads: number;
    /** Customers, where rows are grouped by them. */
    readonly customers: number | null;
    /** First and last observation date, ISO, or null. */
    readonly period: readonly [string, string] | null;
    /** How these rows stand to those that the model was trained on. */
    readonly scope: Scope;
  };
  readonly discrimination: {
    readonly auc: Measured;
    /** How the interval was found. */
    readonly method: AucMethod;
    /** AUC at development (out of fold), and the one-sided p-value of no decline since; null where it is not known. */
    readonly initial: { readonly auc: number; readonly pValue: number } | null;
    readonly gini: number;
    readonly ks: number;
    readonly hMeasure: number;
    readonly roc: readonly Omit<RocPoint, 'threshold'>[];
  };
  readonly accuracy: {
    readonly logLoss: number;
    readonly brier: number;
    readonly brierParts: BrierParts;
    readonly ece: number;
  };
  readonly calibration: CalibrationLine & {
    readonly hosmerLemeshow: HosmerLemeshow;
    readonly spiegelhalter: Spiegelhalter;
    /** Jeffreys and binomial test of the whole sample against its mean PD. */
    readonly portfolio: GradeTest;
    readonly groups: readonly CalibrationGroup[];
  };
  readonly ranking: {
    readonly lift: readonly { readonly share: number; readonly lift: number }[];
    readonly cutoffs: readonly CutoffOutcome[];
    /** The PD below which an application is approved, and what flagging the others gives. */
    readonly decision: CutoffOutcome;
  };
  /** Calibration, concentration and migration by grade, or null without a master scale. */
  readonly grades: GradeReport | null;
  /** By time against training, by period, by segment: those that the data tell. */
  readonly divisions: readonly Division[];
  readonly fairness: readonly AttributeFairness[];
  /** How well the features predict each protected attribute; absent in reports that were made before it was measured. */
  readonly proxies?: readonly ProxyReport[];
  /** Rows of goods and bads by PD, in equal steps of log-odds. */
  readonly distribution: {
    readonly edges: readonly number[];
    readonly goods: readonly number[];
    readonly bads: readonly number[];
  };
  readonly stability: {
    readonly psi: Measured;
    readonly critical: number;
    readonly features: readonly FeatureStability[];
  } | null;
  readonly champion: Rival | null;
  /** A plain logistic regression, fitted on the training rows. */
  readonly logistic: Rival | null;
  /** What assumptions on rejected applications would change, or null without them. */
  readonly rejects: RejectSensitivity | null;
  readonly notMeasured: readonly Unmeasured[];
  readonly gates: readonly GateOutcome[];
  readonly verdict: GateResult;
}
