import type { DuckDBConnection } from '@duckdb/node-api';
import { guardedSql, guardedText, identifier } from '../../base/index.ts';

/**
 * A query whose texts, and names of columns, are as CSV files for people hold them: with an apostrophe before what a spreadsheet would run as
 * a formula (`guardedText`). Numbers, dates and the order of rows stay. Reading such a file (`openFlat`) takes the apostrophes off again.
 */
export async function guardedSelect(connection: DuckDBConnection, select: string): Promise<string> {
  const described = await connection.runAndReadAll(`DESCRIBE ${select}`);
  const columns = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
  const guarded = columns.map(({ name, type }) => {
    const column = identifier(name);
    const shown = identifier(guardedText(name));
    // Enumerations and the like are texts where they are written.
    if (/^(VARCHAR|ENUM)/.test(type)) return `${guardedSql(`CAST(${column} AS VARCHAR)`)} AS ${shown}`;
    return name === guardedText(name) ? column : `${column} AS ${shown}`;
  });
  return `SELECT ${guarded.join(', ')} FROM (${select})`;
}
