/** The customers of a portfolio as of one instant, column by column; amounts in major units, NaN where a value is not known. */
export interface Book {
  readonly customers: readonly string[];
  readonly segments: readonly (string | null)[];
  /** Year in which the relation began; 0: not known. */
  readonly vintages: Int32Array;
  readonly pd: Float64Array;
  /** PD in the book before; NaN: the customer was not in it. */
  readonly previousPd: Float64Array;
  /** Drawn and open: what would be lost without recovery. */
  readonly exposure: Float64Array;
  /** Sales of the last year. */
  readonly sales: Float64Array;
}

/** A feature that was not used of some customers, for want of a basis for a source table of its. */
export interface WithheldOfCustomers {
  readonly feature: string;
  readonly source: string;
  readonly customers: number;
}

/** What the report says of its book and of the one before. */
export interface BookSource {
  readonly asOf: string;
  readonly snapshotId: string;
  /** The champion of all segments, or of the first segment that has one. */
  readonly modelHash: string;
  /** Where champions of single segments scored, too: whose, and how many customers each. Absent: one model scored all. */
  readonly models?: readonly { readonly slot: string; readonly modelHash: string; readonly customers: number }[];
  /** Customers whom no slot decides about, who are not in the book. Absent: none. */
  readonly unscored?: number;
  /** Hash of the manifest of the scores. */
  readonly scores: string;
  readonly before: { readonly asOf: string; readonly scores: string; readonly left: number } | null;
  /** Features that scores and exposures do without, of so many customers: there was no legal basis for a source table of theirs. Absent: none. */
  readonly withheld?: readonly WithheldOfCustomers[];
}
