import { createReadStream, existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import {
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBTimestampValue,
  DuckDBTypeId,
  TIMESTAMP,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { DataType, tableFromIPC, type Vector } from 'apache-arrow';
import {
  exactGlob,
  identifier,
  literal,
  messageOf,
  ProbityError,
  unguardedSql,
  unguardedText,
  type Problem,
} from '../../base/index.ts';
import type { SourceColumn } from './flat-cells.ts';
import { parseHeader } from './csv-header.ts';

/** The file formats of flat data, by extension. */
export type FlatFormat = 'csv' | 'csv.gz' | 'parquet' | 'arrow';

/** A flat file, opened in DuckDB: a relation whose rows come in the file's order. */
export interface FlatSource {
  readonly path: string;
  readonly format: FlatFormat;
  /** What stands after FROM. */
  readonly relation: string;
  readonly columns: readonly SourceColumn[];
  /** The same rows with their number from 1: what stands after FROM, and the SQL of the number. */
  readonly numbered: { readonly relation: string; readonly row: string };
  /** Rows of a CSV that do not fit its header, known once all rows were read. */
  readonly ragged: () => Promise<Problem[]>;
}

/** The format that a path's extension names. Throws INVALID_INPUT for others. */
export function formatOf(path: string): FlatFormat {
  const lower = path.toLowerCase();
  if (lower.endsWith('.csv')) return 'csv';
  if (lower.endsWith('.csv.gz')) return 'csv.gz';
  if (lower.endsWith('.parquet')) return 'parquet';
  if (lower.endsWith('.arrow') || lower.endsWith('.feather') || lower.endsWith('.ipc')) return 'arrow';
  throw new ProbityError('INVALID_INPUT', `The format of this file is not known: ${path}`, {
    fix: 'Give a file that ends in .csv, .csv.gz, .parquet or .arrow.',
  });
}

/** Opens a flat file in `connection`. Throws FILE_NOT_FOUND or INVALID_INPUT: empty, unreadable, a column name that stands twice. */
export async function openFlat(connection: DuckDBConnection, path: string): Promise<FlatSource> {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new ProbityError('FILE_NOT_FOUND', `There is no such file: ${path}`);
  }
  const format = formatOf(path);
  if (statSync(path).size === 0) throw emptyFile(path);
  if (format === 'parquet') return openParquet(connection, path);
  if (format === 'arrow') return openArrow(connection, path);
  return openCsv(connection, path, format);
}

async function openCsv(connection: DuckDBConnection, path: string, format: 'csv' | 'csv.gz'): Promise<FlatSource> {
  const header = parseHeader(await firstBytes(path, format === 'csv.gz'), path);
  const columns = header.names.map((name, i): SourceColumn => {
    // What was guarded against spreadsheets as it was written is itself again.
    return { name: unguardedText(name), sql: `(${unguardedSql(`c${i}`)})`, kind: 'text' };
  });
  refuseNames(path, columns);
  const types = columns.map((_, i) => `c${i}: 'VARCHAR'`).join(', ');
  const options = [
    `columns = {${types}}`,
    'auto_detect = false',
    'header = true',
    `delim = ${literal(header.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `nullstr = ''`,
    'max_line_size = 16777216',
    'store_rejects = true',
    ...(format === 'csv.gz' ? [`compression = 'gzip'`] : []),
  ];
  const relation = `read_csv(${literal(exactGlob(path))}, ${options.join(', ')})`;
  return {
    path,
    format,
    relation,
    columns,
    numbered: counted(relation),
    ragged: async () => {
      const result = await connection.runAndReadAll(
        'SELECT DISTINCT line, error_type FROM reject_errors ORDER BY line LIMIT 21',
      );
      return result
        .getRows()
        .map(([line, kind]) => ({ at: `${path}:${String(line)}`, message: raggedMessage(String(kind)) }));
    },
  };
}

function raggedMessage(kind: string): string {
  if (kind.startsWith('MISSING')) return 'the row has fewer cells than the header';
  if (kind.startsWith('TOO MANY')) return 'the row has more cells than the header';
  if (kind.startsWith('INVALID ENC') || kind.startsWith('INVALID UNI'))
    return 'the row is not UTF-8 text (GB18030: iconv -f GB18030 -t UTF-8)';
  if (kind.startsWith('UNQUOTED')) return 'a quote is not closed, or stands inside a cell';
  return `the row cannot be read (${kind.toLowerCase()})`;
}

/** Runs what reads the rows of a flat file. Throws INVALID_INPUT where the reader gives up; what it says may hold cells, so only the cause keeps it. */
export async function readRows<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const broken = /CSV|Parquet|gzip|snappy|zstd/i.test(messageOf(cause)) && !(cause instanceof ProbityError);
    if (!broken) throw cause;
    throw new ProbityError('INVALID_INPUT', `The rows of this file cannot be read: ${path}`, {
      cause,
      fix: 'Write it again: lines that all end alike (LF or CRLF), every quote closed, no damaged part.',
    });
  }
}

/** The first bytes of a file, unpacked; enough for any header. */
async function firstBytes(path: string, packed: boolean): Promise<Buffer> {
  const limit = 1 << 20;
  const file = createReadStream(path, packed ? {} : { end: limit });
  const stream = packed ? file.pipe(createGunzip()) : file;
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of stream) {
      parts.push(part as Buffer);
      length += (part as Buffer).length;
      if (length >= limit) break;
    }
  } catch (cause) {
    throw new ProbityError('INVALID_INPUT', `This file cannot be unpacked: ${path}`, { cause });
  } finally {
    file.destroy();
  }
  if (length === 0) throw emptyFile(path);
  return Buffer.concat(parts);
}

/** The column in which DuckDB's Parquet reader gives the number of a row, from 0. */
const ROW_NUMBER = 'file_row_number';

const counted = (relation: string): FlatSource['numbered'] => ({ relation, row: 'row_number() OVER ()' });

async function openParquet(connection: DuckDBConnection, path: string): Promise<FlatSource> {
  const relation = `read_parquet(${literal(exactGlob(path))})`;
  try {
    const described = await connection.runAndReadAll(`SELECT * FROM ${relation} LIMIT 0`);
    const names = await connection.runAndReadAll(
      `SELECT name FROM parquet_schema(${literal(exactGlob(path))}) WHERE num_children IS NULL OR num_children = 0`,
    );
    const original = names.getRows().map(([name]) => String(name));
    const read = described.columnNames();
    const columns = read.map((sql, i): SourceColumn => ({
      name: original.length === read.length ? (original[i] ?? sql) : sql,
      sql: identifier(sql),
      kind: kindOf(described.columnType(i)),
    }));
    refuseNames(path, columns);
    // The reader knows the number of a row, in any thread; a count over all rows would hold the threads to one order.
    const numbered = read.some((name) => name.toLowerCase() === ROW_NUMBER)
      ? counted(relation)
      : {
          relation: `read_parquet(${literal(exactGlob(path))}, ${ROW_NUMBER} = true)`,
          row: `${ROW_NUMBER} + 1`,
        };
    return { path, format: 'parquet', relation, columns, numbered, ragged: () => Promise.resolve([]) };
  } catch (cause) {
    if (cause instanceof ProbityError) throw cause;
    throw new ProbityError('INVALID_INPUT', `This is not a readable Parquet file: ${path}`, { cause });
  }
}

function kindOf(type: DuckDBType): SourceColumn['kind'] {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return 'boolean';
    case DuckDBTypeId.DATE:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return 'time';
    case DuckDBTypeId.VARCHAR:
    case DuckDBTypeId.ENUM:
    case DuckDBTypeId.UUID:
    case DuckDBTypeId.BLOB:
      return 'text';
    default:
      return 'number';
  }
}

let tables = 0;

async function openArrow(connection: DuckDBConnection, path: string): Promise<FlatSource> {
  let table: ReturnType<typeof tableFromIPC>;
  try {
    table = tableFromIPC(await readFile(path));
  } catch (cause) {
    throw new ProbityError('INVALID_INPUT', `This is not a readable Arrow file: ${path} (${messageOf(cause)})`, {
      cause,
    });
  }
  const columns = table.schema.fields.map((field, i): SourceColumn => ({
    name: field.name,
    sql: `c${i}`,
    kind: arrowKind(field.type as DataType),
  }));
  if (columns.length === 0) throw emptyFile(path);
  refuseNames(path, columns);
  const types = columns.map(({ kind }) => ({ number: DOUBLE, boolean: BOOLEAN, time: TIMESTAMP, text: VARCHAR })[kind]);
  const name = `arrow_${tables++}`;
  await connection.run(
    `CREATE TEMP TABLE ${name} (${columns.map(({ sql }, i) => `${sql} ${String(types[i])}`).join(', ')})`,
  );
  const appender = await connection.createAppender(name);
  const vectors = columns.map((_, i) => table.getChildAt(i));
  for (let start = 0; start < table.numRows; start += 2048) {
    const rows = Math.min(2048, table.numRows - start);
    const chunk = DuckDBDataChunk.create(types, rows);
    columns.forEach(({ kind }, i) => chunk.setColumnValues(i, arrowCells(vectors[i] ?? null, kind, start, rows)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  return { path, format: 'arrow', relation: name, columns, numbered: counted(name), ragged: () => Promise.resolve([]) };
}

function arrowKind(type: DataType): SourceColumn['kind'] {
  if (DataType.isBool(type)) return 'boolean';
  if (DataType.isDate(type) || DataType.isTimestamp(type)) return 'time';
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type)) return 'number';
  return 'text';
}

/** Cells of an Arrow column as DuckDB takes them; apache-arrow gives dates and times as milliseconds. */
function arrowCells(vector: Vector | null, kind: SourceColumn['kind'], start: number, rows: number): DuckDBValue[] {
  const scale =
    vector && DataType.isDecimal(vector.type as DataType) ? 10 ** -(vector.type as { scale: number }).scale : 1;
  return Array.from({ length: rows }, (_, row) => {
    const value: unknown = vector?.get(start + row) ?? null;
    if (value === null) return null;
    if (kind === 'number')
      return (ArrayBuffer.isView(value) ? wideInteger(value as Uint32Array) : Number(value)) * scale;
    if (kind === 'boolean') return Boolean(value);
    if (kind === 'time') return new DuckDBTimestampValue(BigInt(Math.round(Number(value) * 1000)));
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/** A decimal's unscaled value, which apache-arrow gives as 32-bit words, least first. */
function wideInteger(words: Uint32Array): number {
  const bits = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return Number(BigInt.asIntN(32 * words.length, bits));
}

function refuseNames(path: string, columns: readonly SourceColumn[]): void {
  const seen = new Set<string>();
  const doubled = new Set<string>();
  for (const { name } of columns) (seen.has(name) ? doubled : seen).add(name);
  if ([...seen].some((name) => name.includes('\0'))) {
    throw new ProbityError('INVALID_INPUT', `A column name of ${path} holds the NUL character.`, {
      fix: 'The file may be damaged, or UTF-16 without a byte order mark: save it as UTF-8.',
    });
  }
  if (doubled.size === 0) return;
  throw new ProbityError('INVALID_INPUT', `Columns of ${path} have the same name.`, {
    problems: [...doubled].map((name) => ({ at: name, message: 'this column name stands more than once' })),
    fix: 'Give each column a name of its own.',
  });
}

function emptyFile(path: string): ProbityError {
  return new ProbityError('INVALID_INPUT', `This file is empty: ${path}`, {
    fix: 'Give a file with a header and at least one row.',
  });
}
