import type { DuckDBConnection } from '@duckdb/node-api';
import { DataType, Utf8, type Field, type Schema, type Table } from 'apache-arrow';
import { DataFrame } from 'danfojs-node';
import type { Problem } from '../../base/index.ts';
import { columnsOfArrow, kindsOfFields, refuse, repeated, tableOfColumns, type NamedColumn } from './arrow-columns.ts';
import { arrowFromDuckdb, duckdbFromArrow } from './duckdb.ts';
import type { Kind, Value } from './kinds.ts';
import { dateText, daysOf, decimalText, timestampOf, timestampText, unscaledOf } from './text.ts';

/** What a danfojs cell holds. */
export type Cell = boolean | number | string | null;

export interface DanfoOptions {
  /**
   * danfojs knows only doubles. `number`: 64-bit integers and decimals become numbers, and a value that a double would change is refused;
   * `text`: they become text, digit for digit. `number` unless told.
   */
  readonly exact?: 'number' | 'text';
}

/**
 * An Arrow table as a danfojs frame. Numbers, booleans and text are kept as they are, null beside NaN; dates and timestamps become ISO text
 * with all digits of their unit; 64-bit integers and decimals as `exact` says. `arrowFromDanfo` with the table's schema gives the same
 * table back (dictionaries as text). Throws INVALID_INPUT naming every column that a frame cannot hold without a change: numbers that a double would round, dates
 * beyond the year 275760, bytes, types that are not carried, names that repeat or that would hide a method of the frame.
 */
export function danfoFromArrow(table: Table, { exact = 'number' }: DanfoOptions = {}): DataFrame {
  const columns = columnsOfArrow(table);
  const problems: Problem[] = columns.flatMap(({ name }) => nameProblem(name));
  const cells = columns.map(({ name, kind, values }) => {
    const converted = values.map((value) => (value === null ? null : cellOf(value, kind, exact)));
    const row = converted.indexOf(undefined);
    if (row >= 0) problems.push({ at: name, message: `row ${row + 1}: ${whyNot(kind)}` });
    return converted as Cell[];
  });
  refuse('This table cannot become a danfojs frame without a change.', problems, FIX);
  const rows = Array.from({ length: table.numRows }, (_, row) => cells.map((column) => column[row] as Cell));
  return new DataFrame(rows, {
    columns: columns.map(({ name }) => name),
    dtypes: columns.map(({ kind }) => dtypeOf(kind, exact)),
  });
}

/**
 * A danfojs frame as an Arrow table. With a schema, each column is read as its field says, the inverse of `danfoFromArrow`. Without, by
 * the frame's dtype: `boolean` as Bool, `string` as Utf8, `int32` as Int32 (Int64 where a value needs it), `float32` as Float64, which is
 * what danfojs computes in. Undefined becomes null; NaN stays in float columns, and is missing, so null, in others. Throws INVALID_INPUT
 * naming, with its first row, every column whose values are not what its type says.
 */
export function arrowFromDanfo(frame: DataFrame, schema?: Schema): Table {
  const rows = frame.values as unknown as readonly (readonly (Cell | undefined)[])[];
  const names = frame.columns as readonly string[];
  const problems: Problem[] = repeated(names);
  if (schema) {
    const wanted = schema.fields.map(({ name }) => name);
    if (wanted.join('\n') !== names.join('\n')) {
      problems.push({ at: 'columns', message: `are ${names.join(', ')}; the schema has ${wanted.join(', ')}` });
    }
    refuse('This frame does not fit the schema.', problems);
  }
  const given = schema ? kindsOfFields(schema.fields) : null;
  const columns = names.map((name, c): NamedColumn => {
    const cells = rows.map((row) => row[c] ?? null);
    const kind = given?.[c] ?? kindOf((frame.dtypes as readonly string[])[c] ?? 'string', cells);
    const values = cells.map((cell) => (isMissing(cell, kind) ? null : valueOf(cell as Exclude<Cell, null>, kind)));
    const row = values.indexOf(undefined);
    if (row >= 0) problems.push({ at: name, message: `row ${row + 1} is not what its type says: ${labelOf(kind)}` });
    return { name, kind, values: values as Value[] };
  });
  refuse('This frame cannot become an Arrow table without a change.', problems);
  return tableOfColumns(columns, schema?.fields.map(typeOfField));
}

/** A field's type; dictionaries of text come back as text. */
const typeOfField = ({ type }: Field): DataType => (DataType.isDictionary(type) ? new Utf8() : type);

/** The rows of a query as a danfojs frame: `arrowFromDuckdb`, then `danfoFromArrow`. */
export async function danfoFromDuckdb(
  connection: DuckDBConnection,
  sql: string,
  options: DanfoOptions = {},
): Promise<DataFrame> {
  return danfoFromArrow(await arrowFromDuckdb(connection, sql), options);
}

/** Makes a DuckDB table of a frame: `arrowFromDanfo`, then `duckdbFromArrow`. */
export function duckdbFromDanfo(
  connection: DuckDBConnection,
  name: string,
  frame: DataFrame,
  schema?: Schema,
): Promise<number> {
  return duckdbFromArrow(connection, name, arrowFromDanfo(frame, schema));
}

const FIX =
  'Cast or rename the column in the query, or ask for `exact: "text"` where integers or decimals are too long.';

function nameProblem(name: string): Problem[] {
  const hides = name.startsWith('$') || name in DataFrame.prototype;
  return hides ? [{ at: name, message: 'would hide a property of the frame by that name' }] : [];
}

function whyNot({ kind }: Kind): string {
  if (kind === 'bytes') return 'danfojs holds no bytes';
  if (kind === 'date' || kind === 'timestamp') return "is beyond JavaScript's calendar";
  return 'a double would change it';
}

function dtypeOf({ kind, ...rest }: Kind, exact: 'number' | 'text'): string {
  if (kind === 'boolean') return 'boolean';
  if (kind === 'float') return 'float32';
  if (kind === 'decimal') return exact === 'text' ? 'string' : 'float32';
  if (kind === 'integer') return exact === 'text' && 'bits' in rest && rest.bits === 64 ? 'string' : 'int32';
  return 'string';
}

/** A value as a frame holds it, or undefined where it would change. */
function cellOf(value: Exclude<Value, null>, kind: Kind, exact: 'number' | 'text'): Cell | undefined {
  switch (kind.kind) {
    case 'bytes':
      return undefined;
    case 'date':
      return dateText(value as number) ?? undefined;
    case 'timestamp':
      return timestampText(value as bigint, kind.unit, kind.utc) ?? undefined;
    case 'integer':
      if (kind.bits < 64) return value as number;
      if (exact === 'text') return String(value);
      return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
    case 'decimal': {
      const text = decimalText(value as bigint, kind.scale);
      if (exact === 'text') return text;
      return unscaledOf(Number(text), kind.precision, kind.scale) === value ? Number(text) : undefined;
    }
    default:
      return value as Cell;
  }
}

/** A frame's cell as a value of a kind, or undefined where it is none. */
function valueOf(cell: Exclude<Cell, null>, kind: Kind): Value | undefined {
  switch (kind.kind) {
    case 'boolean':
      return typeof cell === 'boolean' ? cell : undefined;
    case 'text':
      return typeof cell === 'string' && !/\p{Surrogate}/u.test(cell) ? cell : undefined;
    case 'bytes':
      return undefined;
    case 'date':
      return typeof cell === 'string' ? (daysOf(cell) ?? undefined) : undefined;
    case 'timestamp':
      return typeof cell === 'string' ? fitting(timestampOf(cell, kind.unit, kind.utc)) : undefined;
    case 'float':
      if (typeof cell !== 'number') return undefined;
      return kind.bits === 64 || Object.is(Math.fround(cell), cell) ? cell : undefined;
    case 'integer':
      return integerOf(cell, kind);
    default:
      if (typeof cell === 'boolean') return undefined;
      return unscaledOf(cell, kind.precision, kind.scale) ?? undefined;
  }
}

const fitting = (value: bigint | null): bigint | undefined =>
  value !== null && BigInt.asIntN(64, value) === value ? value : undefined;

function integerOf(cell: Exclude<Cell, null>, { bits, signed }: Extract<Kind, { kind: 'integer' }>): Value | undefined {
  const whole = typeof cell === 'string' ? /^-?\d+$/.test(cell) : Number.isSafeInteger(cell);
  if (!whole) return undefined;
  const value = BigInt(cell);
  const fits = (signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) === value;
  if (!fits) return undefined;
  return bits === 64 ? value : Number(value);
}

const isMissing = (cell: Cell, { kind }: Kind): boolean =>
  cell === null || (typeof cell === 'number' && Number.isNaN(cell) && kind !== 'float');

/** What a column of this dtype holds; integers grow to 64 bits where they must. */
function kindOf(dtype: string, cells: readonly Cell[]): Kind {
  if (dtype === 'boolean') return { kind: 'boolean' };
  if (dtype === 'string') return { kind: 'text' };
  if (dtype === 'float32') return { kind: 'float', bits: 64 };
  const wide = cells.some((cell) => typeof cell === 'number' && !Number.isNaN(cell) && (cell | 0) !== cell);
  return { kind: 'integer', bits: wide ? 64 : 32, signed: true };
}

const labelOf = (kind: Kind): string => ('bits' in kind ? `${kind.kind}, ${kind.bits} bits` : kind.kind);
