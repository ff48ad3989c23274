import { createReadStream } from 'node:fs';
import { DataType, RecordBatchReader, type Field, type Vector } from 'apache-arrow';
import { contentHash, identifier, messageOf, sha256File } from '../../base/index.ts';
import type { DuckDBValue } from '@duckdb/node-api';
import { label } from './paths.ts';
import {
  requireSameColumns,
  stopIfAborted,
  unreadable,
  type OpenSource,
  type SourceColumn,
  type SourceContext,
  type SourcePart,
} from './source.ts';
import { STAGED_TYPES, StagedRows, stagedInstant, type StagedType } from './staged-rows.ts';

/** Opens Arrow IPC files (file or stream form, uncompressed): each record batch goes into a temporary table as it is read. */
export async function openArrow(paths: readonly string[], context: SourceContext): Promise<OpenSource> {
  const parts: SourcePart[] = [];
  const digests: string[] = [];
  let columns: SourceColumn[] | undefined;
  for (const path of paths) {
    digests.push(await sha256File(path));
    const staged = await stage(path, context);
    columns ??= staged.columns;
    requireSameColumns({ label: label(paths[0] ?? ''), columns }, { label: label(path), columns: staged.columns });
    parts.push({ label: label(path), relation: identifier(staged.table), rejects: null, headerLines: 0 });
  }
  return { columns: columns ?? [], parts, unreadable: null, digest: contentHash(digests) };
}

async function stage(path: string, context: SourceContext): Promise<{ table: string; columns: SourceColumn[] }> {
  const table = context.temporaryTable();
  const stream = createReadStream(path);
  let rows: StagedRows | undefined;
  try {
    const reader = await RecordBatchReader.from(stream);
    await reader.open();
    const fields = reader.schema?.fields ?? [];
    if (fields.length === 0) throw unreadable(label(path), 'holds no Arrow columns');
    const types = fields.map((field) => stagedType(field));
    rows = await StagedRows.create(context.connection, table, types);
    for await (const batch of reader) {
      stopIfAborted(context.signal);
      rows.append(fields.map((field, i) => values(batch.getChildAt(i), field, types[i] ?? 'text')));
    }
    const names = fields.map((field) => field.name);
    const columns = names.map((name, i) => ({
      name,
      sql: `c${i}`,
      type: STAGED_TYPES[types[i] ?? 'text'].toString(),
      repeated: names.indexOf(name) !== names.lastIndexOf(name),
    }));
    return { table, columns };
  } catch (error) {
    if (error instanceof Error && error.name === 'ProbityError') throw error;
    const compressed = /compress|codec/i.test(messageOf(error));
    throw unreadable(
      label(path),
      'is not an Arrow IPC file that can be read',
      compressed ? 'Write it without compression, or as Parquet.' : undefined,
      error,
    );
  } finally {
    rows?.close();
    stream.destroy();
  }
}

function stagedType(field: Field): StagedType {
  const type: unknown = DataType.isDictionary(field.type)
    ? (field.type as { dictionary: unknown }).dictionary
    : field.type;
  if (DataType.isInt(type)) return 'whole';
  if (DataType.isFloat(type)) return 'number';
  if (DataType.isBool(type)) return 'flag';
  if (DataType.isDate(type) || DataType.isTimestamp(type)) return 'instant';
  return 'text';
}

/** A batch's column as DuckDB values. Decimals go as exact text; arrow's dates and timestamps read as milliseconds. */
function values(column: Vector | null, field: Field, type: StagedType): DuckDBValue[] {
  const rows = column?.length ?? 0;
  const result: DuckDBValue[] = Array.from({ length: rows }, () => null);
  const scale = DataType.isDecimal(field.type) ? (field.type as { scale: number }).scale : null;
  for (let i = 0; i < rows; i++) {
    const value: unknown = column?.get(i);
    if (value === null || value === undefined) continue;
    if (type === 'whole') result[i] = BigInt(value as number | bigint);
    else if (type === 'number') result[i] = Number(value);
    else if (type === 'flag') result[i] = value === true;
    else if (type === 'instant') result[i] = stagedInstant(Number(value));
    else if (scale !== null) result[i] = decimalText(value as Uint32Array, scale);
    else result[i] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return result;
}

/** The exact text of a two's-complement little-endian decimal. */
export function decimalText(words: Uint32Array, scale: number): string {
  let unscaled = 0n;
  for (let i = words.length - 1; i >= 0; i--) unscaled = (unscaled << 32n) | BigInt(words[i] ?? 0);
  unscaled = BigInt.asIntN(words.length * 32, unscaled);
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
