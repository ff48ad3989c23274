import type { Instant } from '../../base/index.ts';
import type { ColumnCompleteness } from '../warehouse/health.ts';
import type { QuarantineCode } from './codes.ts';

/** What an import did; JSON. */
export interface ImportReport {
  readonly importId: string;
  readonly spec: string;
  /** SHA-256 of the spec and of the content of its sources. */
  readonly digest: string;
  /** `unchanged`: the same sources were imported by the same spec last time; nothing was done. */
  readonly status: 'loaded' | 'unchanged' | 'rejected';
  readonly importedAt: Instant;
  readonly seconds: number;
  readonly tables: readonly TableReport[];
}

/** What an import did with one source. */
export interface TableReport {
  readonly source: string;
  readonly table: string;
  readonly rowsRead: number;
  /** Left out by the spec's own filter. */
  readonly rowsFiltered: number;
  readonly loaded: number;
  readonly newVersions: number;
  readonly lateVersions: number;
  readonly ignoredIdentical: number;
  readonly tombstones: number;
  /** Rows about customers whose data were erased: left out, and not kept in the quarantine. Absent: none. */
  readonly erased?: number;
  readonly badRows: number;
  readonly badShare: number;
  readonly maxBadShare: number;
  /** Problems by column and code; a row may have several. */
  readonly quarantined: readonly {
    readonly column: string | null;
    readonly code: QuarantineCode;
    readonly count: number;
  }[];
  /** Tables that references could not be checked against, as they are empty. */
  readonly referencesUnchecked: readonly string[];
  readonly newestHappenedAt: Instant | null;
  readonly newestKnownFrom: Instant | null;
  readonly freshness: { readonly expectedMs: number; readonly ageMs: number | null; readonly stale: boolean } | null;
  readonly completeness: readonly ColumnCompleteness[];
}
