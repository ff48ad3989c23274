/**
 * What the tables of a source system mean: which columns fill which canonical contract, and the two clocks of each row.
 * The normalised form; `parse-relational.ts` reads it from YAML. Paths are still as written (relative to the spec's folder).
 */
export interface RelationalSpec {
  readonly name: string;
  /** The tenant that the data belong to, or null: the project's. */
  readonly tenant: string | null;
  /** ISO 4217 code of all amounts, or null: not declared. */
  readonly currency: string | null;
  /** In the order of the file; the import sorts them so that parents come first. */
  readonly tables: readonly TableImport[];
  /** Where the spec was read from: relative paths start at its folder. */
  readonly file: string;
}

export type SourceFormat = 'csv' | 'jsonl' | 'parquet' | 'arrow' | 'postgres';

/** How a column's text is read. */
export interface TextRules {
  readonly dateFormat: string | null;
  /** Decimal mark; the other of `.` and `,` is refused unless it is the thousands mark. */
  readonly decimal: '.' | ',';
  readonly thousands: string | null;
  /** IANA zone of instants without offset; null: UTC. */
  readonly timezone: string | null;
  /** Texts that mean missing, beside the empty text. */
  readonly missing: readonly string[];
}

/** One file, set of files, or query. */
export interface SourceSpec extends TextRules {
  readonly format: SourceFormat;
  /** File or glob; null for a database. */
  readonly path: string | null;
  /** Environment variable that holds the connection string of a database, or the string itself. */
  readonly connection: { readonly env: string } | { readonly url: string } | null;
  readonly query: string | null;
  readonly delimiter: string;
  readonly quote: string;
  /** A label of the WHATWG encoding standard: utf-8, gb18030, latin1, utf-16le, ... */
  readonly encoding: string;
  /** True: the first line names the columns. A list: the file has no header and these are its columns. */
  readonly header: true | readonly string[];
}

/** Brings columns of another file in, by equal keys; its key must not repeat. */
export interface LookupSpec {
  readonly source: SourceSpec;
  /** This side's column to the other side's. */
  readonly on: readonly { readonly left: string; readonly right: string }[];
  readonly columns: readonly { readonly name: string; readonly column: string }[];
  readonly filter: string | null;
}

/** Where the text or value of a cell comes from. */
export type CellOrigin =
  | { readonly kind: 'column'; readonly column: string }
  | { readonly kind: 'expression'; readonly expression: string }
  | { readonly kind: 'value'; readonly value: string };

/** How one canonical column is filled. */
export interface CellSpec {
  readonly origin: CellOrigin;
  /** Source text to canonical text; null means missing. Unmapped texts stay as they are, unless `otherwise` is given. */
  readonly map: readonly { readonly from: string; readonly to: string | null }[] | null;
  readonly otherwise: string | null | undefined;
  /** DuckDB strptime format, overriding the source's. */
  readonly dateFormat: string | null;
}

/** When a row became known. */
export type KnownSpec =
  | { readonly kind: 'cell'; readonly cell: CellSpec }
  /** `happened_at` plus this much. */
  | { readonly kind: 'lag'; readonly lag: Duration }
  /** The instant of the import. */
  | { readonly kind: 'import' };

/** A calendar duration (ISO 8601), as months, days and milliseconds. */
export interface Duration {
  readonly text: string;
  readonly months: number;
  readonly days: number;
  readonly milliseconds: number;
}

/** `append`: each key once in a file; `upsert`: a file may hold several versions; `replace`: keys absent from the file are deleted. */
export type LoadMode = 'append' | 'upsert' | 'replace';

export interface AttributeSpec {
  readonly name: string;
  readonly cell: CellSpec;
  readonly type: 'number' | 'category';
  readonly label: { readonly en: string; readonly 'zh-CN': string } | null;
}

/** One source mapped onto one contract. */
export interface TableImport {
  /** Identity of the source across files: full replacement deletes only what the same source had loaded. */
  readonly name: string;
  /** A contract's name. */
  readonly table: string;
  readonly source: SourceSpec;
  readonly lookups: readonly LookupSpec[];
  readonly filter: string | null;
  readonly columns: ReadonlyMap<string, CellSpec>;
  readonly happened: CellSpec;
  readonly known: KnownSpec;
  readonly mode: LoadMode;
  /** Rows that tell a deletion of their key, at their known-at. */
  readonly deleted: { readonly column: string; readonly values: readonly string[] } | null;
  /** An attribute of this table's customers, loaded into party_attributes; set on entries that the parser derives. */
  readonly attribute: AttributeSpec | null;
  /** Largest share of bad rows with which the import goes through. */
  readonly maxBadShare: number;
  /** Whether a full replacement may be empty (and so delete everything). */
  readonly allowEmpty: boolean;
  readonly expected: ExpectedSpec;
}

/** What the source promises. */
export interface ExpectedSpec {
  /** The newest known-at is at most this old. */
  readonly freshness: Duration | null;
  /** Least share of rows with a value, by canonical column. */
  readonly completeness: readonly { readonly column: string; readonly share: number }[];
}
