import {
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Table } from 'apache-arrow';
import { identifier, type Problem } from '../../base/index.ts';
import { columnsOfArrow, refuse, repeated, tableOfColumns, type NamedColumn } from './arrow-columns.ts';
import { DIGITS, duckdbOfKind, kindOfDuckdb, type Kind, type Unit, type Value } from './kinds.ts';

const CHUNK = 2048;

/**
 * The rows of a query as an Arrow table, in memory. Every value is kept: 64-bit integers, decimals with their digits, timestamps to their
 * unit, NULL beside NaN. Two types change by name only: ENUM becomes text, HUGEINT (what `sum` gives) a decimal of 38 digits.
 * Throws INVALID_INPUT naming every column of another type (lists, structs, intervals, UUIDs ...; cast them in the query) and every
 * HUGEINT of more than 38 digits.
 */
export async function arrowFromDuckdb(connection: DuckDBConnection, sql: string): Promise<Table> {
  const result = await connection.runAndReadAll(sql);
  const names = result.columnNames();
  const types = result.columnTypes();
  const kinds = types.map(kindOfDuckdb);
  refuse(
    'This result cannot be converted to Arrow.',
    [
      ...names.flatMap((at, i): Problem[] =>
        kinds[i] ? [] : [{ at, message: `has the type ${String(types[i])}, which is not carried` }],
      ),
      ...repeated(names),
    ],
    'Cast the column in the query, for example to VARCHAR, and give each column a name of its own.',
  );
  // No rows, no columns.
  const cells = result.getColumns();
  const columns = names.map((name, i): NamedColumn => {
    return { name, kind: kinds[i] as Kind, values: (cells[i] ?? []).map(fromDuckdb) };
  });
  refuse(
    'This result cannot be converted to Arrow.',
    columns.flatMap(({ name: at, kind, values }): Problem[] => {
      if (kind.kind !== 'decimal') return [];
      const row = values.findIndex((value) => value !== null && digitsOf(value as bigint) > kind.precision);
      return row < 0 ? [] : [{ at, message: `row ${row + 1} has more than ${kind.precision} digits` }];
    }),
    'Cast the column to VARCHAR in the query.',
  );
  return tableOfColumns(columns);
}

/**
 * Makes a DuckDB table of an Arrow table, and answers its number of rows. Every value is kept; dictionaries become text, dates in
 * milliseconds (Date64) timestamps. Throws INVALID_INPUT naming every column that DuckDB cannot hold as it is: types that are not carried,
 * and instants with a zone that are finer than a microsecond or out of DuckDB's range; then no table is made.
 */
export async function duckdbFromArrow(connection: DuckDBConnection, name: string, table: Table): Promise<number> {
  const columns = columnsOfArrow(table);
  const problems: Problem[] = [];
  const values = columns.map(({ name: at, kind, values: cells }) => {
    if (kind.kind !== 'timestamp' || !kind.utc) return cells.map((value) => toDuckdb(value, kind));
    const micros = cells.map((value) => (value === null ? null : microsOf(value as bigint, kind.unit)));
    const row = micros.indexOf(undefined);
    if (row >= 0) problems.push({ at, message: `row ${row + 1} is no instant of whole microseconds in 64 bits` });
    return micros.map((value) => (typeof value === 'bigint' ? new DuckDBTimestampTZValue(value) : null));
  });
  refuse('This Arrow table cannot be converted to DuckDB.', problems);
  const types = columns.map(({ kind }) => duckdbOfKind(kind));
  const declared = columns.map((column, i) => `${identifier(column.name)} ${String(types[i])}`);
  await connection.run(`CREATE TABLE ${identifier(name)} (${declared.join(', ')})`);
  const appender = await connection.createAppender(name);
  try {
    for (let from = 0; from < table.numRows; from += CHUNK) {
      const chunk = DuckDBDataChunk.create(types, Math.min(CHUNK, table.numRows - from));
      chunk.setColumns(values.map((column) => column.slice(from, from + CHUNK)));
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
  return table.numRows;
}

function fromDuckdb(value: DuckDBValue): Value {
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis;
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos;
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBBlobValue) return value.bytes;
  return value as boolean | number | bigint | string | null;
}

function toDuckdb(value: Value, kind: Kind): DuckDBValue {
  if (value === null) return null;
  switch (kind.kind) {
    case 'date':
      return new DuckDBDateValue(value as number);
    case 'bytes':
      return new DuckDBBlobValue(value as Uint8Array);
    case 'decimal':
      return new DuckDBDecimalValue(value as bigint, kind.precision, kind.scale);
    case 'timestamp': {
      const at = value as bigint;
      if (kind.unit === 's') return new DuckDBTimestampSecondsValue(at);
      if (kind.unit === 'ms') return new DuckDBTimestampMillisecondsValue(at);
      return kind.unit === 'us' ? new DuckDBTimestampValue(at) : new DuckDBTimestampNanosecondsValue(at);
    }
    default:
      return value as boolean | number | bigint | string;
  }
}

/** Microseconds of an instant, or undefined where they are not whole or do not fit 64 bits. */
function microsOf(value: bigint, unit: Unit): bigint | undefined {
  const factor = 10n ** BigInt(Math.abs(6 - DIGITS[unit]));
  const micros = unit === 'ns' ? value / factor : value * factor;
  const exact = unit !== 'ns' || value % factor === 0n;
  return exact && BigInt.asIntN(64, micros) === micros ? micros : undefined;
}

const digitsOf = (value: bigint): number => String(value < 0n ? -value : value).length;
