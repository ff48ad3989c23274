import type { DuckDBConnection } from '@duckdb/node-api';
import { ProbityError } from '../../base/index.ts';

/** One column of an opened source. */
export interface SourceColumn {
  readonly name: string;
  /** SQL expression over the part's relation. */
  readonly sql: string;
  /** DuckDB type: VARCHAR where the source holds text. */
  readonly type: string;
  /** The header names it more than once, so the name says nothing. */
  readonly repeated: boolean;
}

/** A file, or the result of a query: something to select from, in the order of its rows. */
export interface SourcePart {
  /** What a person calls it: a file name, or `query`. */
  readonly label: string;
  /** SQL that stands after FROM. */
  readonly relation: string;
  /** Temporary table in which DuckDB's CSV reader records the rows that it cannot split into fields; null for other formats. */
  readonly rejects: string | null;
  /** Lines before the first data row. */
  readonly headerLines: number;
}

/** A source that is ready to be read inside DuckDB. */
export interface OpenSource {
  readonly columns: readonly SourceColumn[];
  readonly parts: readonly SourcePart[];
  /** SQL condition under which a whole row is unreadable (a line that is not JSON), or null. */
  readonly unreadable: string | null;
  /** SHA-256 of the content: equal contents give equal digests. */
  readonly digest: string;
}

export interface SourceContext {
  readonly connection: DuckDBConnection;
  /** Folder at which relative paths start. */
  readonly folder: string;
  /** Empty folder for temporary files; the caller removes it. */
  readonly scratch: string;
  readonly signal: AbortSignal | undefined;
  /** A fresh name for a temporary table; the caller drops what it has handed out. */
  readonly temporaryTable: () => string;
}

/** A column that the files of one source must share: the type counts where the format has types. */
type SharedColumn = Pick<SourceColumn, 'name' | 'type'>;

/** Refuses a file whose columns are not those of the first file of its source (SOURCE_UNREADABLE). */
export function requireSameColumns(
  first: { readonly label: string; readonly columns: readonly SharedColumn[] },
  file: { readonly label: string; readonly columns: readonly SharedColumn[] },
): void {
  const same =
    file.columns.length === first.columns.length &&
    file.columns.every(({ name, type }, i) => name === first.columns[i]?.name && type === first.columns[i]?.type);
  if (same) return;
  throw unreadable(
    file.label,
    `has other columns than ${first.label}`,
    'Give each shape of file its own entry under `tables`.',
  );
}

/** SOURCE_UNREADABLE for one source. */
export function unreadable(label: string, message: string, fix?: string, cause?: unknown): ProbityError {
  return new ProbityError('SOURCE_UNREADABLE', `${label} ${message}.`, {
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Throws IMPORT_ABORTED once the signal is set. */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ProbityError('IMPORT_ABORTED', 'The import was stopped.');
}
