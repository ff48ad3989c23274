import { epochMillis, instant, type Instant } from '../../base/index.ts';
import type { Warehouse } from './warehouse.ts';

/** How fresh and how complete one source is, against what its spec promises. */
export interface SourceHealth {
  readonly source: string;
  readonly table: string;
  readonly spec: string;
  /** Rows that stand (not replaced, not deleted). */
  readonly rows: number;
  readonly lastImport: Instant;
  readonly newestKnownFrom: Instant | null;
  readonly newestHappenedAt: Instant | null;
  /** Age of the newest known-at, in milliseconds; null where the source never had a row. */
  readonly ageMs: number | null;
  readonly freshnessMs: number | null;
  /** Older than promised. */
  readonly stale: boolean;
  readonly completeness: readonly ColumnCompleteness[];
  /** Some column is emptier than promised. */
  readonly thin: boolean;
}

export interface ColumnCompleteness {
  readonly column: string;
  /** Share of rows with a value in the last import, 0 to 1. */
  readonly share: number;
  readonly expected: number;
}

/** The health of every source that was ever imported, by name. */
export async function sourceHealth(warehouse: Warehouse, now: Instant): Promise<SourceHealth[]> {
  const reader = await warehouse.connection.runAndReadAll(
    `SELECT source, table_name, spec, rows::DOUBLE AS rows, epoch_ms(imported_at)::DOUBLE AS imported,
       epoch_ms(newest_known_from)::DOUBLE AS known, epoch_ms(newest_happened_at)::DOUBLE AS happened,
       freshness_ms::DOUBLE AS freshness, completeness::VARCHAR AS completeness
     FROM meta.sources ORDER BY source, table_name`,
  );
  return reader.getRowObjects().map((row) => {
    const known = row['known'] as number | null;
    const happened = row['happened'] as number | null;
    const freshnessMs = row['freshness'] as number | null;
    const ageMs = known === null ? null : Math.max(0, epochMillis(now) - known);
    const completeness = JSON.parse(String(row['completeness'])) as ColumnCompleteness[];
    return {
      source: String(row['source']),
      table: String(row['table_name']),
      spec: String(row['spec']),
      rows: row['rows'] as number,
      lastImport: instant(row['imported'] as number),
      newestKnownFrom: known === null ? null : instant(known),
      newestHappenedAt: happened === null ? null : instant(happened),
      ageMs,
      freshnessMs,
      stale: freshnessMs !== null && (ageMs === null || ageMs > freshnessMs),
      completeness,
      thin: completeness.some((column) => column.share < column.expected),
    };
  });
}
