import type { DuckDBConnection } from '@duckdb/node-api';
import { exactGlob, literal } from '../../base/index.ts';

/** DuckDB evaluates dictionaries of fewer than 20,000 values, one of them for what is missing; larger ones row by row. */
const MOST_VALUES = 16_384;
/** To find an answer for a value of a dictionary takes as long as to find it for some six rows. */
const ROWS_A_VALUE = 8;
/** No more than so many times does a page of distinct values become smaller, compressed; assumed where a writer does not tell how many there are. */
const COMPRESSED = 3;

/**
 * Names of the columns that a Parquet file holds as codes into dictionaries, each value for at least eight rows on average of the whole file:
 * codes and counts, and amounts that repeat. What follows from a value alone is found there for all rows of a row group that have it. Row groups
 * without a dictionary, or with a larger one, count as if no value repeated. Only the file's metadata are read.
 */
export async function repeatedColumns(connection: DuckDBConnection, path: string): Promise<ReadonlySet<string>> {
  const values = `coalesce(stats_distinct_count,
    ${COMPRESSED} * (data_page_offset - dictionary_page_offset) / CASE WHEN type IN ('INT64', 'DOUBLE') THEN 8 ELSE 4 END)`;
  const result = await connection.runAndReadAll(
    `SELECT path_in_schema FROM parquet_metadata(${literal(exactGlob(path))}) GROUP BY path_in_schema
      HAVING ${ROWS_A_VALUE} * sum(CASE WHEN data_page_offset > dictionary_page_offset AND ${values} <= ${MOST_VALUES}
        THEN ${values} ELSE num_values END) <= sum(num_values)`,
  );
  return new Set(result.getRows().map(([name]) => String(name)));
}
