import { DOUBLE, DuckDBDataChunk, INTEGER, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import type { FeatureView } from '../../features/views/feature-view.ts';
import type { CategoryColumn, Dataset } from '../dataset/dataset.ts';

/**
 * Protected attributes of the canonical tables: no feature view reads them of a person, validation does. Ages are told in bands; 62 is where
 * Regulation B (12 CFR 1002.2(o)) begins to call an applicant elderly.
 */
const ATTRIBUTES = [
  { name: 'gender', table: 'parties', column: 'gender', value: () => 't.gender::VARCHAR' },
  {
    name: 'age',
    table: 'parties',
    column: 'born_on',
    value: (asked: string) => {
      const years = `date_sub('year', t.born_on::TIMESTAMP, ${asked})`;
      return `CASE WHEN t.kind <> 'person' OR t.born_on IS NULL THEN NULL WHEN ${years} < 25 THEN '< 25'
        WHEN ${years} < 40 THEN '25–39' WHEN ${years} < 62 THEN '40–61' ELSE '≥ 62' END`;
    },
  },
] as const;

/** The one view that reads a birth date for something else: founding dates of companies stand in the same column. */
const READS_FOUNDING_DATES = 'profile';

/** Features of the views that read a protected column: whatever they are called, they may hold it. */
export function featuresOfProtected(views: readonly Pick<FeatureView, 'name' | 'sql' | 'features'>[]): string[] {
  const reads = ({ name, sql }: Pick<FeatureView, 'name' | 'sql'>): boolean => {
    const statement = sql.replaceAll(/--[^\n]*/g, '');
    return ATTRIBUTES.some(
      ({ column }) =>
        new RegExp(`\\b${column}\\b`, 'i').test(statement) && !(name === READS_FOUNDING_DATES && column === 'born_on'),
    );
  };
  return views.filter(reads).flatMap(({ features }) => features.map((feature) => feature.name));
}

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
    for (const { name, table, column, value } of ATTRIBUTES) {
      if (!(await hasColumn(connection, schema, table, column))) continue;
      const result = await connection.runAndReadAll(
        `SELECT a.position, any_value(${value('make_timestamp((a.asked_ms * 1000)::BIGINT)')}) AS value FROM protected_asked a JOIN ${schema}.${table} t
           ON t.party_id = a.party_id AND t.known_from <= make_timestamp((a.asked_ms * 1000)::BIGINT)
          AND make_timestamp((a.asked_ms * 1000)::BIGINT) < t.known_until AND t.happened_at <= make_timestamp((a.asked_ms * 1000)::BIGINT)
         WHERE t.${column} IS NOT NULL GROUP BY a.position HAVING value IS NOT NULL ORDER BY a.position`,
      );
      const values = result.getRows().map(([row, value]) => ({ row: Number(row), value: String(value) }));
      if (values.length === 0) continue;
      const levels = [...new Set(values.map(({ value }) => value))].sort();
      const codes = new Int32Array(rows.rows).fill(-1);
      for (const { row, value } of values) codes[row] = levels.indexOf(value);
      found.push({ kind: 'category', name, levels, codes });
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
