import type { FeatureDeclaration } from '../../features/specs/flat-spec.ts';

/** A number feature: one value a row; NaN is missing. Dates are numbers: days since 1970-01-01. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly name: string;
  readonly values: Float64Array;
}

/** A category feature: the level of each row as an index into `levels`; -1 is missing. */
export interface CategoryColumn {
  readonly kind: 'category';
  readonly name: string;
  readonly levels: readonly string[];
  readonly codes: Int32Array;
}

export type FeatureColumn = NumberColumn | CategoryColumn;

/** The features of some rows, without outcome. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly columns: readonly FeatureColumn[];
}

/** A training or test set: features and outcome, held column by column. */
export interface Dataset extends FeatureMatrix {
  /** What each column means, in the order of `columns`. */
  readonly features: readonly FeatureDeclaration[];
  /** 1 where the observation defaulted within its horizon, else 0. */
  readonly bad: Uint8Array;
  /** Row weights, or null: all 1. */
  readonly weight: Float64Array | null;
  /** Customer of each row as an index, or null: every row is its own customer. */
  readonly group: Int32Array | null;
  /** Observation date of each row, milliseconds since 1970, or null. */
  readonly time: Float64Array | null;
  /** Identifier of each row as text. */
  readonly ids: readonly string[];
  /** Content hash of the rows: SHA-256 over names, values and outcome in row order. */
  readonly hash: string;
}
