import { identifier, literal } from '../../base/index.ts';
import type { Problem } from '../../base/index.ts';
import type { CustomerKeys, TableContract } from '../contracts/index.ts';
import type { OpenSource, SourceColumn } from '../sources/index.ts';
import { jsonText } from '../sources/index.ts';
import { nearestFix } from '../specs/parse-yaml.ts';
import { durationSql } from '../specs/duration.ts';
import type { CellSpec, TableImport } from '../specs/relational-spec.ts';
import { COLUMN_TYPES } from '../contracts/index.ts';
import { cellSql, clockOutOfRange, rangeConditions } from './cells.ts';
import type { QuarantineCode } from './codes.ts';

/** One check of a row: where it fails, the row is set aside under this column and code. */
export interface RowCheck {
  readonly column: string | null;
  readonly code: QuarantineCode;
  /** Over the columns t0, t1, ... (texts), v0, v1, ... (typed values) and f0, f1, ... (failed expressions). */
  readonly sql: string;
  /** Holds for rows that tell a deletion, too: their key and clock must be good. */
  readonly ofDeletions: boolean;
}

/** The three projections of staging: texts, typed values, canonical columns. */
export interface Mapping {
  readonly texts: readonly string[];
  readonly typed: readonly string[];
  readonly canonical: readonly string[];
  readonly checks: readonly RowCheck[];
}

/** The columns that an entry can read: of its source, then of its lookups. */
export type ReadableColumns = ReadonlyMap<string, Pick<SourceColumn, 'type' | 'repeated'>>;

/** Finds a source's column by name; a JSON source also takes a JSON pointer. Adds a problem and returns null where there is none. */
export function findColumn(source: OpenSource, name: string, at: string, problems: Problem[]): SourceColumn | null {
  const found = source.columns.find((column) => column.name === name);
  if (found === undefined && name.startsWith('/') && source.unreadable !== null) {
    return { name, sql: jsonText(name), type: 'VARCHAR', repeated: false };
  }
  if (found === undefined) {
    problems.push({
      at,
      message: `the source has no column \`${name}\``,
      fix: nearestFix(
        name,
        source.columns.map((column) => column.name),
      ),
    });
    return null;
  }
  if (found.repeated)
    problems.push({
      at,
      message: `the source has more than one column \`${name}\``,
      fix: 'Rename them in the source, or list the names under `header`.',
    });
  return found;
}

/** Compiles an entry's cells and its contract's checks. `now` is the known-at of rows that become known with the import. */
export function compileMapping(
  entry: TableImport,
  contract: TableContract,
  columns: ReadableColumns,
  now: string,
  keys: CustomerKeys,
): Mapping {
  const texts: string[] = [];
  const typed: string[] = [];
  const canonical: string[] = [];
  const checks: RowCheck[] = [];
  const valueOf = new Map<string, string>();
  let count = 0;
  const add = (
    cell: CellSpec,
    name: string,
    type: keyof typeof COLUMN_TYPES,
    required: boolean,
    ofDeletions: boolean,
  ): string => {
    const i = count++;
    const read = cell.origin.kind === 'column' ? cell.origin.column : null;
    const sql = cellSql(cell, type, entry.source, {
      sql: read === null ? 'NULL' : identifier(read),
      nativeType: (read === null ? undefined : columns.get(read)?.type) ?? 'VARCHAR',
    });
    texts.push(`${sql.source} AS t${i}`);
    if (sql.failed !== null) texts.push(`${sql.failed} AS f${i}`);
    typed.push(`${sql.typed(`t${i}`)} AS v${i}`);
    const failed = sql.failed === null ? '' : ` OR f${i}`;
    checks.push({
      column: name,
      code: 'UNPARSEABLE',
      sql: `((t${i} IS NOT NULL AND v${i} IS NULL)${failed})`,
      ofDeletions,
    });
    if (required) {
      checks.push({
        column: name,
        code: 'MISSING_VALUE',
        sql: `t${i} IS NULL${sql.failed === null ? '' : ` AND NOT f${i}`}`,
        ofDeletions,
      });
    }
    return `v${i}`;
  };

  for (const column of contract.columns) {
    const cell = entry.columns.get(column.name);
    const isKey = contract.key.includes(column.name);
    if (cell === undefined) {
      canonical.push(`CAST(NULL AS ${COLUMN_TYPES[column.type]}) AS ${identifier(column.name)}`);
      continue;
    }
    const value = add(cell, column.name, column.type, column.required === true, isKey);
    valueOf.set(column.name, value);
    canonical.push(`${value} AS ${identifier(column.name)}`);
    for (const condition of rangeConditions(column, value, keys))
      checks.push({ column: column.name, ...condition, ofDeletions: isKey });
  }
  for (const [first, second] of contract.ordered ?? []) {
    const [a, b] = [valueOf.get(first), valueOf.get(second)];
    if (a !== undefined && b !== undefined) {
      checks.push({ column: second, code: 'DATES_OUT_OF_ORDER', sql: `${a} > ${b}`, ofDeletions: false });
    }
  }
  const happened = add(entry.happened, 'happened_at', 'instant', true, false);
  const known =
    entry.known.kind === 'cell'
      ? add(entry.known.cell, 'known_from', 'instant', true, true)
      : entry.known.kind === 'lag'
        ? `(${happened} + ${durationSql(entry.known.lag)})`
        : `TIMESTAMP ${literal(now)}`;
  checks.push({ column: 'happened_at', code: 'OUT_OF_RANGE', sql: clockOutOfRange(happened), ofDeletions: false });
  checks.push({ column: 'known_from', code: 'OUT_OF_RANGE', sql: clockOutOfRange(known), ofDeletions: true });
  if (entry.known.kind !== 'lag') {
    checks.push({
      column: 'known_from',
      code: 'DATES_OUT_OF_ORDER',
      sql: `${known} < ${happened}`,
      ofDeletions: false,
    });
  }
  canonical.push(
    `${entry.deleted === null ? happened : `coalesce(${happened}, ${known})`} AS happened_at`,
    `${known} AS known_from`,
  );
  return { texts, typed, canonical, checks };
}

/** SQL that lists the numbers of the checks that a row fails, separated by commas; NULL for a good row. */
export function problemsSql(
  checks: readonly RowCheck[],
  options: { readonly deletions: boolean; readonly unreadable: boolean },
): string {
  const conditions = checks.map((check) =>
    options.deletions && !check.ofDeletions ? `(NOT __deleted AND (${check.sql}))` : `(${check.sql})`,
  );
  const list = conditions.map((condition, i) => `CASE WHEN ${condition} THEN '${i}' END`).join(', ');
  const rest = `WHEN ${conditions.join(' OR ')} THEN concat_ws(',', ${list})`;
  return `CASE ${options.unreadable ? `WHEN __unreadable THEN '${checks.length}' ` : ''}${rest} END`;
}
