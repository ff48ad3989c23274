import {
  Field,
  RecordBatch,
  Schema,
  Struct,
  Table,
  makeData,
  makeVector,
  vectorFromArray,
  type Data,
  type DataType,
  type Decimal,
  type Vector,
} from 'apache-arrow';
import { ProbityError, type Problem } from '../../base/index.ts';
import { arrowOfKind, kindOfArrow, type Kind, type Value } from './kinds.ts';

/** A column by name, with what it holds and its values in row order. */
export interface NamedColumn {
  readonly name: string;
  readonly kind: Kind;
  readonly values: readonly Value[];
}

/** The columns of an Arrow table. Throws INVALID_INPUT naming every column of a type that is not carried, and every name that repeats. */
export function columnsOfArrow(table: Table): NamedColumn[] {
  const kinds = kindsOfFields(table.schema.fields);
  return table.schema.fields.map((field, i) => {
    const kind = kinds[i] as Kind;
    return { name: field.name, kind, values: valuesOf(table.getChildAt(i) as Vector, kind) };
  });
}

/** What each field holds. Throws INVALID_INPUT naming every field of a type that is not carried, and every name that repeats. */
export function kindsOfFields(fields: readonly Field[]): Kind[] {
  const kinds = fields.map(({ type }) => kindOfArrow(type as DataType));
  const names = fields.map(({ name }) => name);
  refuse('This Arrow table cannot be converted.', [
    ...fields.flatMap(({ name, type }, i): Problem[] =>
      kinds[i] ? [] : [{ at: name, message: `has the Arrow type ${String(type)}, which is not carried` }],
    ),
    ...repeated(names),
  ]);
  return kinds as Kind[];
}

/** A problem for every name that stands twice. */
export function repeated(names: readonly string[]): Problem[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map((at) => ({
    at,
    message: 'is the name of two columns',
  }));
}

/** Throws INVALID_INPUT with all problems, where there are any. */
export function refuse(message: string, problems: readonly Problem[], fix?: string): void {
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', message, { problems, ...(fix ? { fix } : {}) });
}

/** The values of an Arrow column, read from its buffers: arrow's own `get` cuts timestamps to milliseconds. */
function valuesOf(vector: Vector, { kind }: Kind): Value[] {
  if (kind === 'boolean' || kind === 'text' || kind === 'bytes') return [...vector] as Value[];
  return vector.data.flatMap((data) => {
    const cells = data.values as ArrayLike<number | bigint>;
    return Array.from({ length: data.length }, (_, row): Value => {
      if (!data.getValid(row)) return null;
      if (kind !== 'decimal') return cells[row] as number | bigint;
      let unscaled = 0n;
      for (let word = data.stride - 1; word >= 0; word--) {
        unscaled = (unscaled << 32n) | BigInt(cells[row * data.stride + word] as number);
      }
      return BigInt.asIntN(32 * data.stride, unscaled);
    });
  });
}

/** An Arrow table of these columns, in their order; `types` where they are to be other than those of the kinds. */
export function tableOfColumns(columns: readonly NamedColumn[], types?: readonly DataType[]): Table {
  const vectors = columns.map((column, c) => arrowColumn(column, types?.[c] ?? arrowOfKind(column.kind)));
  const schema = new Schema(
    columns.map(({ name }, c) => new Field(name, (vectors[c] as Vector).type as DataType, true)),
  );
  const children = vectors.map((vector) => vector.data[0] as Data);
  const length = columns[0]?.values.length ?? 0;
  return new Table(new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, children })));
}

/** An Arrow column of these values, written into its buffers. */
function arrowColumn({ kind: { kind }, values }: NamedColumn, type: DataType): Vector {
  if (kind === 'boolean' || kind === 'text' || kind === 'bytes') return vectorFromArray(values, type);
  const { length } = values;
  const words = kind === 'decimal' ? (type as Decimal).bitWidth / 32 : 1;
  const data = new (type.ArrayType as new (length: number) => { [index: number]: number | bigint })(length * words);
  const nullBitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let nullCount = 0;
  for (let row = 0; row < length; row++) {
    const value = values[row] as number | bigint | null;
    if (value === null) {
      nullCount++;
      continue;
    }
    nullBitmap[row >> 3] = (nullBitmap[row >> 3] as number) | (1 << (row & 7));
    if (kind !== 'decimal') data[row] = value;
    else for (let word = 0; word < words; word++) data[row * words + word] = wordOf(value as bigint, word);
  }
  return makeVector(makeData({ type, length, nullCount, nullBitmap, data } as never));
}

const wordOf = (unscaled: bigint, word: number): number => Number(BigInt.asUintN(32, unscaled >> BigInt(32 * word)));
