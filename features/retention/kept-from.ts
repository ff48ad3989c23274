import type { DuckDBConnection } from '@duckdb/node-api';
import { instant, literal, type Instant } from '../../base/index.ts';

const TABLE = 'meta.kept_from';

/**
 * From when on the warehouse answers as it would with everything that was ever in it: what was removed by a retention rule no feature as of then or
 * later reads. Null where nothing was removed.
 */
export async function keptFrom(connection: DuckDBConnection): Promise<Instant | null> {
  const exists = await connection.runAndReadAll(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = 'meta' AND table_name = 'kept_from'",
  );
  if (exists.getRows().length === 0) return null;
  const reader = await connection.runAndReadAll(`SELECT epoch_ms(max(kept_from))::DOUBLE FROM ${TABLE}`);
  const at = reader.getRows()[0]?.[0];
  return typeof at === 'number' ? instant(at) : null;
}

/** Notes it for a table, within the caller's transaction; an earlier instant than the one that is there changes nothing. */
export async function noteKeptFrom(connection: DuckDBConnection, table: string, from: Instant): Promise<void> {
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (table_name VARCHAR PRIMARY KEY, kept_from TIMESTAMP NOT NULL)`,
  );
  await connection.run(
    `INSERT INTO ${TABLE} VALUES (${literal(table)}, TIMESTAMP ${literal(from.slice(0, -1))})
     ON CONFLICT (table_name) DO UPDATE SET kept_from = greatest(kept_from, excluded.kept_from)`,
  );
}
