/** A column's type and the DuckDB type that holds it. Money is decimal, so that sums are exact in any order. */
export const COLUMN_TYPES = {
  text: 'VARCHAR',
  code: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'BIGINT',
  money: 'DECIMAL(18,2)',
  date: 'DATE',
  instant: 'TIMESTAMP',
  flag: 'BOOLEAN',
} as const;

export type ColumnType = keyof typeof COLUMN_TYPES;

/** One column of a canonical table. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly meaning: string;
  readonly required?: true;
  /** For codes: the values that the views understand; others are quarantined unless a code map translates them. */
  readonly values?: readonly string[];
  /** For texts that have to be of a form: a keyed digest of a detail. */
  readonly form?: 'digest';
  readonly min?: number;
  readonly max?: number;
  /** The table whose key this column names; checked for referential integrity. */
  readonly references?: string;
}

/**
 * One canonical table. Every row has two clocks beside its columns: `happened_at` (when it was so) and `known_from` (when we
 * learned it); `known_until` is when a newer version or a deletion replaced it, `infinity` while it stands.
 */
export interface TableContract {
  readonly name: string;
  /** What people call its content, as it stands within a sentence. */
  readonly label: { readonly en: string; readonly 'zh-CN': string };
  readonly meaning: string;
  /** The business key: what makes two rows versions of one fact. */
  readonly key: readonly string[];
  /** The column that names the customer, by which published facts are partitioned; null for tables that every customer reads. */
  readonly entity: string | null;
  readonly columns: readonly Column[];
  /** Pairs of date columns where the first may not come after the second. */
  readonly ordered?: readonly (readonly [string, string])[];
}

/** The columns that every raw table carries beside its own. */
export const SYSTEM_COLUMNS = {
  happened_at: 'TIMESTAMP NOT NULL',
  known_from: 'TIMESTAMP NOT NULL',
  known_until: "TIMESTAMP NOT NULL DEFAULT 'infinity'",
  source: 'VARCHAR NOT NULL',
  import_id: 'VARCHAR NOT NULL',
} as const;

/** The columns and types of a raw table, in order: its own, then the system's. */
export function rawColumns(table: TableContract): readonly (readonly [name: string, type: string])[] {
  return [
    ...table.columns.map((column) => [column.name, COLUMN_TYPES[column.type]] as const),
    ...Object.entries(SYSTEM_COLUMNS).map(([name, type]) => [name, type.split(' ')[0] ?? type] as const),
  ];
}
