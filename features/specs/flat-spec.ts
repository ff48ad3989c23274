/** What a flat data set's columns mean: one row per observation. The normalised form; `parse-flat.ts` reads it from YAML. */
export interface FlatSpec {
  readonly name: string;
  readonly target: FlatTarget;
  readonly id: string | null;
  /** Column with the observation date. */
  readonly time: string | null;
  readonly exclude: readonly string[];
  /** Texts that mean missing, in every column. */
  readonly missing: readonly string[];
  /** The complete list of features, or null: inferred from the columns that have no other role. */
  readonly features: readonly FeatureDeclaration[] | null;
  /** Kept for validation only, never a feature. */
  readonly protected: readonly string[];
  /** Whose list of protected attributes applies (models/protected); absent: all of them. */
  readonly jurisdictions?: readonly string[];
  /** Columns that may be features though their names match the list, and why. */
  readonly permitted?: readonly { readonly column: string; readonly reason: string }[];
  /** The model is a yardstick that never decides. */
  readonly use?: 'benchmark-only';
  readonly weight: string | null;
  /** Column that names the customer: no customer stands on both sides of a split. */
  readonly group: string | null;
  readonly segment: string | null;
  /** Months of the performance window. */
  readonly horizonMonths: number | null;
  /** Path of a file of applications without outcome, for reject inference. */
  readonly rejected: string | null;
}

export interface FlatTarget {
  /** What `bad` is; absent: default. */
  readonly kind?: 'late-payment' | 'hazard';
  /** With kind `hazard`: how long each row was observed. */
  readonly age?: ObservedAge;
  readonly column: string;
  /** Values, as text, that mean default. */
  readonly bad: readonly string[];
  /** Values, as text, that mean no default; null: every value that is not bad. Rows in neither are indeterminate. */
  readonly good: readonly string[] | null;
}

/**
 * How long a row was observed, in months of age: a column of months, or two dates. A row whose outcome is bad ends in default then; one whose
 * outcome is good left for good and cannot default any more; any other is censored: nothing is known of it afterwards.
 */
export interface ObservedAge {
  /** Column with months; null: counted from two dates. */
  readonly duration: string | null;
  readonly from: string | null;
  readonly until: string | null;
  /** Months after `until` when a default is said to have happened, where the date is that of the last payment. */
  readonly lagMonths: number;
  /** Months of one step of age. */
  readonly periodMonths: number;
}

export type FeatureType = 'number' | 'category' | 'date';

/** Direction of the PD as the feature grows. */
export type Monotone = 'increasing' | 'decreasing';

/** How a feature's numbers are told to people: 0.25 is 25%, an amount, or 1 and 0 are yes and no. */
export const DISPLAYS = ['percent', 'money', 'yes-no'] as const;
export type Display = (typeof DISPLAYS)[number];

export interface FeatureDeclaration {
  readonly name: string;
  readonly type: FeatureType;
  /** Codes with a meaning of their own (numbers for number features, texts for categories): each gets a bin of its own. */
  readonly codes: readonly (number | string)[];
  readonly monotone: Monotone | null;
  readonly label: { readonly en: string; readonly 'zh-CN': string } | null;
  readonly display?: Display;
}
