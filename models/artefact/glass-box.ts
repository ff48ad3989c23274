import type { Display, Monotone } from '../../features/specs/flat-spec.ts';

/**
 * How a feature's value becomes a bin index. Index 0 is missing (null, NaN, empty text); then one bin per special code, in order;
 * then the ordinary bins.
 */
export type Encoding = NumberEncoding | CategoryEncoding;

/** Ordinary bin of x: `1 + codes.length + (number of edges <= x)`; so an edge belongs to the bin on its right. -0 is 0. */
export interface NumberEncoding {
  readonly kind: 'number';
  readonly codes: readonly number[];
  /** Strictly ascending, finite. */
  readonly edges: readonly number[];
}

/** Ordinary bin of a level: `1 + codes.length + index in levels`; a level never seen in training gets the last bin of all. */
export interface CategoryEncoding {
  readonly kind: 'category';
  readonly codes: readonly string[];
  readonly levels: readonly string[];
}

/** One feature of a glass-box model. `shape[bin]` is its contribution to the log-odds of default. */
export interface FeatureTerm {
  readonly name: string;
  readonly type: 'number' | 'category' | 'date';
  readonly encoding: Encoding;
  readonly shape: readonly number[];
  /** Weight of training rows in each bin. */
  readonly support: readonly number[];
  /** Half width of the 95 % band of each bin over the bags, or null. */
  readonly band: readonly number[] | null;
  readonly monotone: Monotone | null;
  /** Smallest and largest ordinary value seen in training (number and date features). */
  readonly range: readonly [number, number] | null;
  readonly label: { readonly en: string; readonly 'zh-CN': string } | null;
  /** How its numbers are told to people: as declared, or `whole` where training saw whole numbers only; absent: as decimals. */
  readonly display?: Display | 'whole' | undefined;
}

/** A pairwise term: `values[rowOf[bin of a]][columnOf[bin of b]]`, with the bins of the two feature terms. */
export interface PairTerm {
  /** Indexes into `terms`. */
  readonly a: number;
  readonly b: number;
  readonly rowOf: readonly number[];
  readonly columnOf: readonly number[];
  readonly values: readonly (readonly number[])[];
}

/** What fitting returns and scoring needs: log-odds = intercept + shapes in order of `terms` + pairs in order of `pairs`. Calibration is folded in. */
export interface GlassBox {
  readonly intercept: number;
  readonly terms: readonly FeatureTerm[];
  readonly pairs: readonly PairTerm[];
}

/** How the calibration that is folded in was found: served log-odds = slope * raw + intercept, slope > 0. */
export interface Calibration {
  readonly method: 'affine' | 'none';
  readonly slope: number;
  readonly intercept: number;
  /** Out-of-fold log-loss without and with it. */
  readonly logLossBefore: number;
  readonly logLossAfter: number;
  /** Added to the served log-odds after the above; absent: PDs keep to the bad rate of the sample. */
  readonly centralTendency?: CentralTendency;
}

/** Calibration to a target bad rate: what was added to the intercept to get there from the (weighted) bad rate of the training sample. */
export interface CentralTendency {
  readonly sample: number;
  readonly target: number;
  readonly intercept: number;
}

/**
 * A model as data, named by the content hash of this value (canonical JSON, SHA-256). Holds nothing that differs between two runs
 * over the same inputs with the same seed: no times, no paths.
 */
export interface Artefact {
  readonly format: 'probity.glass-box/1';
  readonly name: string;
  readonly target: {
    /** `hazard`: the probability of default within one step of age, of those that reach it. */
    readonly kind: 'default' | 'late-payment' | 'hazard';
    readonly definition: string;
    readonly horizonMonths: number | null;
    /** With kind `hazard`: the term that holds the age in months, the months of one step, and the longest age that training saw. */
    readonly ages?:
      { readonly term: string; readonly periodMonths: number; readonly longestMonths: number } | undefined;
  };
  readonly model: GlassBox;
  readonly calibration: Calibration;
  /** What went in. */
  readonly provenance: {
    readonly seed: number;
    readonly trainingSetHash: string;
    readonly specHash: string;
    /** Hash by feature view; empty for flat data. */
    readonly featureViews: { readonly [view: string]: string };
    readonly rows: number;
    readonly bads: number;
    /** First and last observation date, ISO, or null. */
    readonly period: readonly [string, string] | null;
    readonly trainer: {
      readonly version: string;
      readonly options: { readonly [name: string]: number | string | boolean };
    };
  };
  /** Out-of-fold performance, for information. */
  readonly outOfFold: { readonly auc: number; readonly logLoss: number };
  /** Protected attributes kept out of the model. */
  readonly protected: readonly string[];
  /** Present: the model uses a protected attribute, or was trained as a yardstick; it never decides. */
  readonly use?: 'benchmark-only' | undefined;
  /** Flags raised while training (a feature that looks like a leak, an id, a constant). */
  readonly warnings: readonly { readonly code: string; readonly feature: string | null; readonly message: string }[];
}

/** One row's values as they come from an application: by feature name; absent and null are missing. Dates are ISO texts or days since 1970. */
export type FeatureValues = { readonly [feature: string]: number | string | null | undefined };
