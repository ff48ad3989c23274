import { DOUBLE, DuckDBDataChunk, INTEGER, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import type { CategoryColumn, Dataset } from '../dataset/dataset.ts';

/** Protected attributes of the canonical tables: no feature view reads them, validation does. */
const ATTRIBUTES = [{ table: 'parties', column: 'gender' }] as const;

/**
 * Protected attributes of the rows of a test set, as known at their observation date; those that no row has are left out. For validation
 * only. The rows must be those that `readDataset` made.
 */
export async function readProtected(
  connection: DuckDBConnection,
  rows: Pick<Dataset, 'rows' | 'ids' | 'time'>,
  schema = 'raw',
): Promise<CategoryColumn[]> {
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE protected_asked (position INTEGER, party_id VARCHAR, asked_ms DOUBLE)',
  );
  try {
    await appendRows(connection, rows);
    const found: CategoryColumn[] = [];
    for (const { table, column } of ATTRIBUTES) {
      if (!(await hasColumn(connection, schema, table, column))) continue;
      const result = await connection.runAndReadAll(
        `SELECT a.position, any_value(t.${column}::VARCHAR) AS value FROM protected_asked a JOIN ${schema}.${table} t
           ON t.party_id = a.party_id AND t.known_from <= make_timestamp((a.asked_ms * 1000)::BIGINT)
          AND make_timestamp((a.asked_ms * 1000)::BIGINT) < t.known_until AND t.happened_at <= make_timestamp((a.asked_ms * 1000)::BIGINT)
         WHERE t.${column} IS NOT NULL GROUP BY a.position ORDER BY a.position`,
      );
      const values = result.getRows().map(([row, value]) => ({ row: Number(row), value: String(value) }));
      if (values.length === 0) continue;
      const levels = [...new Set(values.map(({ value }) => value))].sort();
      const codes = new Int32Array(rows.rows).fill(-1);
      for (const { row, value } of values) codes[row] = levels.indexOf(value);
      found.push({ kind: 'category', name: column, levels, codes });
    }
    return found;
  } finally {
    await connection.run('DROP TABLE protected_asked');
  }
}

async function appendRows(
  connection: DuckDBConnection,
  { rows, ids, time }: Pick<Dataset, 'rows' | 'ids' | 'time'>,
): Promise<void> {
  const appender = await connection.createAppender('protected_asked');
  for (let start = 0; start < rows; start += 2048) {
    const at = Array.from({ length: Math.min(2048, rows - start) }, (_, i) => start + i);
    const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR, DOUBLE], at.length);
    chunk.setColumnValues(0, at);
    // An id is the customer's key, a slash and the observation date.
    chunk.setColumnValues(
      1,
      at.map((row) => ids[row]!.replace(/\/[^/]*$/, '')),
    );
    chunk.setColumnValues(
      2,
      at.map((row) => time?.[row] ?? 0),
    );
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

async function hasColumn(
  connection: DuckDBConnection,
  schema: string,
  table: string,
  column: string,
): Promise<boolean> {
  const result = await connection.runAndReadAll(
    `SELECT 1 FROM information_schema.columns WHERE table_schema = '${schema}' AND table_name = '${table}' AND column_name = '${column}'`,
  );
  return result.getRows().length > 0;
}
