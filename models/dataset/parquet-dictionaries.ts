import type { DuckDBConnection } from '@duckdb/node-api';
import { exactGlob, literal } from '../../base/index.ts';

/** A dictionary page of at most so many bytes, compressed: some hundred numbers, or texts. */
const FEW_BYTES = 4096;

/**
 * Names of the columns that a Parquet file holds, in each of its row groups, as codes into a dictionary of few values: codes and counts mostly.
 * What follows from a value alone is found there for all rows that have it.
 */
export async function columnsOfFewValues(connection: DuckDBConnection, path: string): Promise<ReadonlySet<string>> {
  const result = await connection.runAndReadAll(
    `SELECT path_in_schema FROM parquet_metadata(${literal(exactGlob(path))}) GROUP BY path_in_schema
      HAVING bool_and(coalesce(data_page_offset - dictionary_page_offset BETWEEN 1 AND ${FEW_BYTES}, FALSE))`,
  );
  return new Set(result.getRows().map(([name]) => String(name)));
}
