import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DuckDBTypeId, type DuckDBConnection, type DuckDBResult, type DuckDBValue } from '@duckdb/node-api';
import { Float64, Int64, RecordBatchFileWriter, Table, Utf8, vectorFromArray, type RecordBatch } from 'apache-arrow';
import { identifier, literal } from '../../base/index.ts';
import { guardedSelect } from '../dataset/guarded-select.ts';
import type { FlatFormat } from '../dataset/flat-source.ts';

const COPY_OPTIONS: { readonly [format in Exclude<FlatFormat, 'arrow'>]: string } = {
  csv: 'FORMAT csv, HEADER',
  'csv.gz': 'FORMAT csv, HEADER, COMPRESSION gzip',
  parquet: 'FORMAT parquet, COMPRESSION snappy',
};

/** Fewer values than these in a row group are always tried as a dictionary. */
const FEW_VALUES = 1024;
/** DuckDB's own limit of a dictionary, in values: a fifth of a row group. */
const DUCKDB_VALUES = 24_576;

/**
 * Writes columns of a relation to a file, rows in order, and answers how many. Streams: memory does not grow with the rows. In Parquet, columns of at most
 * `distinct` values become dictionaries, where given: a table for so many is laid out for each column of each row group, and filled by those that do not fit too.
 * In CSV, texts that a spreadsheet would run as formulas are guarded (`guardedText`) unless they are to stay `raw`.
 */
export async function writeRelation(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly string[],
  path: string,
  format: FlatFormat,
  { distinct = DUCKDB_VALUES, raw = false }: { readonly distinct?: number | undefined; readonly raw?: boolean } = {},
): Promise<number> {
  const plain = `SELECT ${columns.map(identifier).join(', ')} FROM ${relation}`;
  const isCsv = format === 'csv' || format === 'csv.gz';
  const select = isCsv && !raw ? await guardedSelect(connection, plain) : plain;
  if (format !== 'arrow') {
    const limit = Math.min(Math.max(distinct + 1, FEW_VALUES), DUCKDB_VALUES);
    const options = `${COPY_OPTIONS[format]}${format === 'parquet' ? `, DICTIONARY_SIZE_LIMIT ${limit}` : ''}`;
    const result = await connection.run(`COPY (${select}) TO ${literal(path)} (${options})`);
    return result.rowsChanged;
  }
  const result = await connection.stream(select);
  let rows = 0;
  const batches = async function* (): AsyncGenerator<RecordBatch> {
    for await (const batch of arrowBatches(result, columns)) {
      rows += batch.numRows;
      yield batch;
    }
  };
  const writer = RecordBatchFileWriter.throughNode({ autoDestroy: true });
  await pipeline(Readable.from(batches()), writer, createWriteStream(path));
  return rows;
}

/** The rows of a result as Arrow record batches of one schema; at least one, so that an empty result has columns too. */
async function* arrowBatches(result: DuckDBResult, columns: readonly string[]): AsyncGenerator<RecordBatch> {
  const types = columns.map((_, i) => {
    const { typeId } = result.columnType(i);
    if (typeId === DuckDBTypeId.DOUBLE) return new Float64();
    return typeId === DuckDBTypeId.BIGINT ? new Int64() : new Utf8();
  });
  const batch = (cells: readonly (readonly DuckDBValue[])[]): RecordBatch[] => {
    const vectors = columns.map((name, i) => {
      const type = types[i] ?? new Utf8();
      const column = cells[i] ?? [];
      const values = type instanceof Utf8 ? column.map((value) => value?.toString() ?? null) : column;
      return [name, vectorFromArray([...values], type)] as const;
    });
    return new Table(Object.fromEntries(vectors)).batches;
  };
  let written = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const each of batch(chunk.getColumns())) {
      written++;
      yield each;
    }
  }
  if (written === 0) yield* batch(columns.map(() => []));
}
