import { contentHash, exactGlob, identifier, literal, sha256File } from '../../base/index.ts';
import type { SourceSpec } from '../specs/relational-spec.ts';
import { readHeader } from './header.ts';
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
import { isUtf8, transcode } from './transcode.ts';

/** Opens delimited files; all of them have the same columns. */
export async function openCsv(spec: SourceSpec, paths: readonly string[], context: SourceContext): Promise<OpenSource> {
  const parts: SourcePart[] = [];
  const digests: string[] = [];
  let names: readonly string[] | undefined;
  for (const path of paths) {
    stopIfAborted(context.signal);
    const header = await readHeader(path, label(path), spec);
    const own = spec.header === true ? header.fields : spec.header;
    names ??= own;
    requireSameColumns(
      { label: label(paths[0] ?? ''), columns: textColumns(names) },
      { label: label(path), columns: textColumns(own) },
    );
    if (own.length === 1 && spec.header === true) refuseWrongDelimiter(own[0] ?? '', label(path), spec.delimiter);
    digests.push(await sha256File(path));
    const utf8 = isUtf8(spec.encoding) && !(header.byteOrderMark && spec.header !== true);
    const file = utf8 ? path : await transcode(path, label(path), { ...context, encoding: spec.encoding });
    const rejects = context.temporaryTable();
    parts.push({
      label: label(path),
      rejects,
      headerLines: spec.header === true ? header.lines : 0,
      relation: readCsv(file, own.length, {
        ...spec,
        header: spec.header === true,
        rejects,
      }),
    });
  }
  return { columns: textColumns(names ?? []), parts, unreadable: null, digest: contentHash(digests) };
}

/** The columns of a delimited file by its header: texts, c0, c1, ... */
function textColumns(names: readonly string[]): SourceColumn[] {
  const count = new Map<string, number>();
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  return names.map((name, i) => ({ name, sql: `c${i}`, type: 'VARCHAR', repeated: (count.get(name) ?? 0) > 1 }));
}

/** Opens files of one JSON object a line. A column is a key of the object, or a JSON pointer (`/address/city`). */
export async function openJsonLines(
  spec: SourceSpec,
  paths: readonly string[],
  context: SourceContext,
): Promise<OpenSource> {
  const parts: SourcePart[] = [];
  const digests: string[] = [];
  const keys = new Set<string>();
  for (const path of paths) {
    stopIfAborted(context.signal);
    digests.push(await sha256File(path));
    const file = isUtf8(spec.encoding)
      ? path
      : await transcode(path, label(path), { ...context, encoding: spec.encoding });
    const rejects = context.temporaryTable();
    const lines = readCsv(file, 1, {
      delimiter: '\u0001',
      quote: '',
      header: false,
      rejects,
    });
    const relation = `(SELECT c0, CASE WHEN json_valid(c0) THEN c0 END AS j FROM ${lines})`;
    const reader = await context.connection.runAndReadAll(
      `SELECT DISTINCT unnest(json_keys(j)) AS k FROM (SELECT j FROM ${relation} WHERE json_type(j) = 'OBJECT' LIMIT 10000)`,
    );
    for (const table of [rejects, scansTable(rejects)])
      await context.connection.run(`DROP TABLE IF EXISTS ${identifier(table)}`);
    for (const row of reader.getRows()) keys.add(String(row[0]));
    parts.push({ label: label(path), relation, rejects, headerLines: 0 });
  }
  if (keys.size === 0)
    throw unreadable(label(paths[0] ?? ''), 'holds no JSON object in its first lines', 'Each line is one JSON object.');
  const columns = [...keys]
    .sort()
    .map((key): SourceColumn => ({ name: key, sql: jsonText(key), type: 'VARCHAR', repeated: false }));
  return { columns, parts, unreadable: `j IS NULL OR json_type(j) <> 'OBJECT'`, digest: contentHash(digests) };
}

/** The text of a JSON value inside column `j`. */
export function jsonText(key: string): string {
  const pointer = key.startsWith('/') ? key : `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return `json_extract_string(j, ${literal(pointer)})`;
}

/** The table in which DuckDB notes the scans that a table of rejects belongs to. */
export function scansTable(rejects: string): string {
  return `${rejects}_scans`;
}

function readCsv(
  file: string,
  width: number,
  format: {
    readonly delimiter: string;
    readonly quote: string;
    readonly header: boolean;
    readonly rejects: string;
  },
): string {
  const columns = Array.from({ length: width }, (_, i) => `${identifier(`c${i}`)}: 'VARCHAR'`).join(', ');
  return `read_csv(${literal(exactGlob(file))}, auto_detect = false, columns = {${columns}}, header = ${format.header},
    delim = ${literal(format.delimiter)}, quote = ${literal(format.quote)}, escape = ${literal(format.quote)},
    compression = ${literal(file.toLowerCase().endsWith('.gz') ? 'gzip' : 'none')}, max_line_size = 16777216,
    store_rejects = true, rejects_table = ${literal(format.rejects)}, rejects_scan = ${literal(scansTable(format.rejects))}, rejects_limit = 0)`;
}

function refuseWrongDelimiter(line: string, name: string, delimiter: string): void {
  const found = [';', ',', '\t', '|'].find((mark) => mark !== delimiter && line.split(mark).length > 2);
  if (found === undefined) return;
  throw unreadable(
    name,
    'has one column only',
    `It seems to be separated by ${JSON.stringify(found)}: declare \`delimiter\`.`,
  );
}
