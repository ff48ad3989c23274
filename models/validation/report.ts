import type {
  AucDifference,
  BrierParts,
  CalibrationGroup,
  CalibrationLine,
  CutoffOutcome,
  HosmerLemeshow,
  RocPoint,
} from '../metrics/index.ts';
import type { AucMethod } from './compare.ts';
import type { GateOutcome, GateResult, Measured } from './gates.ts';

/** How far one feature's distribution moved from training to test. */
export interface FeatureStability {
  readonly feature: string;
  readonly csi: number;
  /** What the index exceeds by chance in one of twenty samples without any change. */
  readonly critical: number;
}

/** The result of a validation, as JSON. Contains no row of any applicant. */
export interface ValidationReport {
  readonly format: 'probity.validation/1';
  readonly model: string;
  readonly testSetHash: string;
  readonly sample: {
    readonly rows: number;
    readonly bads: number;
    /** Customers, where rows are grouped by them. */
    readonly customers: number | null;
    /** First and last observation date, ISO, or null. */
    readonly period: readonly [string, string] | null;
  };
  readonly discrimination: {
    readonly auc: Measured;
    /** How the interval was found. */
    readonly method: AucMethod;
    readonly gini: number;
    readonly ks: number;
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
    readonly groups: readonly CalibrationGroup[];
  };
  readonly ranking: {
    readonly lift: readonly { readonly share: number; readonly lift: number }[];
    readonly cutoffs: readonly CutoffOutcome[];
  };
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
  readonly champion: { readonly auc: number; readonly difference: AucDifference; readonly logLoss: number } | null;
  readonly gates: readonly GateOutcome[];
  readonly verdict: GateResult;
}
