import type { DuckDBConnection } from '@duckdb/node-api';

const TABLE = 'meta.facts_through';

/** Sequence of the newest acknowledged fact that the warehouse has taken in; 0 before the first. */
export async function readFactsHead(connection: DuckDBConnection): Promise<number> {
  const exists = await connection.runAndReadAll(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = 'meta' AND table_name = 'facts_through'",
  );
  if (exists.getRows().length === 0) return 0;
  const reader = await connection.runAndReadAll(`SELECT max(sequence)::DOUBLE FROM ${TABLE}`);
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

/** Notes that facts up to `sequence` are in the warehouse; taking some in again after a crash in between changes nothing. */
export async function writeFactsHead(connection: DuckDBConnection, sequence: number): Promise<void> {
  await connection.run(`CREATE TABLE IF NOT EXISTS ${TABLE} (sequence BIGINT NOT NULL)`);
  await connection.run('BEGIN');
  await connection.run(`DELETE FROM ${TABLE}`);
  await connection.run(`INSERT INTO ${TABLE} VALUES (${Math.trunc(sequence)})`);
  await connection.run('COMMIT');
}
