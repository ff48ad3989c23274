import type { z } from 'zod';
import type { Problem } from '../../base/index.ts';
import type { SourceFile, TableFile } from './relational-file.ts';
import type { LookupSpec, SourceFormat, SourceSpec, TextRules } from './relational-spec.ts';

interface SourceContext {
  readonly at: string;
  readonly problems: Problem[];
  readonly missing: readonly string[];
}

/** Where a table, or a lookup, is read from and how its text is written. */
export function parseSource(file: SourceFile, context: SourceContext): SourceSpec {
  const source = typeof file === 'string' ? { path: file } : file;
  const path = source.path ?? source.glob ?? null;
  const places = [source.path, source.glob, source.connection].filter((place) => place !== undefined);
  const problem = (message: string, fix?: string) =>
    context.problems.push({ at: context.at, message, ...(fix === undefined ? {} : { fix }) });
  if (places.length !== 1) problem('it needs exactly one of `path`, `glob` and `connection`');
  const format = source.format ?? (source.connection !== undefined ? 'postgres' : formatOf(path ?? ''));
  if (format === null)
    problem('the format cannot be told from the name', 'Add `format: csv`, jsonl, parquet, or arrow.');
  if ((format === 'postgres') !== (source.connection !== undefined))
    problem('`format: postgres` and `connection` go together');
  if ((source.query !== undefined) !== (source.connection !== undefined))
    problem('`connection` and `query` go together');
  const encoding = source.encoding ?? 'utf-8';
  if (!isEncoding(encoding))
    problem(`\`${encoding}\` is not a known encoding`, 'Try utf-8, gb18030, latin1 or utf-16le.');
  if (source.decimal !== undefined && source.decimal === source.thousands)
    problem('`decimal` and `thousands` are the same mark');
  return {
    format: format ?? 'csv',
    path,
    connection:
      source.connection === undefined
        ? null
        : typeof source.connection === 'string'
          ? { url: source.connection }
          : source.connection,
    query: source.query ?? null,
    delimiter: source.delimiter ?? ',',
    quote: source.quote ?? '"',
    encoding,
    header: source.header ?? true,
    ...textRules(source, context.missing),
  };
}

function textRules(source: Exclude<SourceFile, string>, missing: readonly string[]): TextRules {
  return {
    dateFormat: source.date_format ?? null,
    decimal: source.decimal ?? '.',
    thousands: source.thousands ?? null,
    timezone: source.timezone ?? null,
    missing: [...new Set([...missing, ...(source.missing ?? [])])],
  };
}

function formatOf(path: string): SourceFormat | null {
  const name = path.toLowerCase().replace(/\.gz$/, '');
  if (/\.(csv|tsv|txt|asc|dat)$/.test(name)) return 'csv';
  if (/\.(jsonl|ndjson)$/.test(name)) return 'jsonl';
  if (name.endsWith('.parquet')) return 'parquet';
  if (/\.(arrow|arrows|ipc|feather)$/.test(name)) return 'arrow';
  return null;
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding.length > 0;
  } catch {
    return false;
  }
}

/** Columns of another source that are joined in by key. */
export function parseLookup(
  file: NonNullable<z.infer<typeof TableFile>['lookup']>[number],
  context: SourceContext,
): LookupSpec {
  const { on, columns, filter, ...source } = file;
  return {
    source: parseSource(source, context),
    on: Object.entries(typeof on === 'string' ? { [on]: on } : on).map(([left, right]) => ({ left, right })),
    columns: Array.isArray(columns)
      ? columns.map((column) => ({ name: column, column }))
      : Object.entries(columns).map(([name, column]) => ({ name, column })),
    filter: filter ?? null,
  };
}
