import { literal } from '../../base/index.ts';
import { sqlDouble } from '../scoring/sql-double.ts';

/** A column of a source: its name in the file, the SQL that reads it, and what its cells are. */
export interface SourceColumn {
  readonly name: string;
  readonly sql: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'time';
}

/** Texts that mean missing in number and date columns whatever the spec says; in a category they may be levels (NA is Namibia). */
const NULL_MARKERS = ['NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'NULL', 'null', 'None', 'none', '-', '?'];

/** Date formats read where a cell is no ISO date or date-time. */
const DATE_FORMATS = ['%Y/%m/%d', '%Y%m%d', '%d.%m.%Y', '%b-%Y', '%b-%y', '%Y-%m'];

/** SQL of a cell as text, null where it is missing: empty, or one of the spec's missing texts. */
export function textCell(column: SourceColumn, missing: readonly string[]): string {
  const { sql, kind } = column;
  const text =
    kind === 'number'
      ? `CASE WHEN ${sql} = trunc(${sql}) AND abs(${sql}) < 1e15 THEN CAST(CAST(${sql} AS BIGINT) AS VARCHAR) ELSE CAST(${sql} AS VARCHAR) END`
      : `CAST(${sql} AS VARCHAR)`;
  return `CASE WHEN ${text} IN (${['', ...missing].map(literal).join(', ')}) THEN NULL ELSE ${text} END`;
}

/** SQL of a cell as DOUBLE, null where it is missing, a null marker, or no number. */
export function numberCell(column: SourceColumn, missing: readonly string[]): string {
  const { sql, kind } = column;
  if (kind === 'time') return 'CAST(NULL AS DOUBLE)';
  const number =
    kind === 'text'
      ? `CASE WHEN contains(${sql}, '_') THEN NULL ELSE TRY_CAST(${sql} AS DOUBLE) END`
      : `CAST(${sql} AS DOUBLE)`;
  const absent = missing.map((text) => (text.trim() === '' ? Number.NaN : Number(text))).filter(Number.isFinite);
  if (absent.length === 0) return number;
  return `CASE WHEN ${number} IN (${absent.map(sqlDouble).join(', ')}) THEN NULL ELSE ${number} END`;
}

/** SQL of a cell as days since 1970-01-01 (UTC), null where it is missing or no date. */
export function dateCell(column: SourceColumn, missing: readonly string[]): string {
  const { sql, kind } = column;
  if (kind === 'number') return numberCell(column, missing);
  if (kind === 'boolean') return 'CAST(NULL AS DOUBLE)';
  if (kind === 'time') return `epoch_us(${sql}) / 86400000000e0`;
  const formats = DATE_FORMATS.map(literal).join(', ');
  const absent = missing.length === 0 ? 'FALSE' : `${sql} IN (${missing.map(literal).join(', ')})`;
  const moment = `coalesce(TRY_CAST(${sql} AS TIMESTAMP), try_strptime(${sql}, [${formats}]))`;
  return `CASE WHEN ${absent} THEN NULL ELSE epoch_us(${moment}) / 86400000000e0 END`;
}

/** SQL that is true where a cell holds something that a number or date should be read from: no missing text, no null marker. */
export function presentCell(column: SourceColumn, missing: readonly string[]): string {
  return `(${textCell(column, [...missing, ...NULL_MARKERS])}) IS NOT NULL`;
}

/** SQL of the outcome: 1 bad, 0 good, null indeterminate. Values are compared as texts, and as numbers (`1.0` is 1). */
export function outcomeCell(
  column: SourceColumn,
  target: { readonly bad: readonly string[]; readonly good: readonly string[] | null },
  missing: readonly string[],
): string {
  const text = textCell(column, missing);
  const among = (values: readonly string[]): string => {
    const folded = values.map((value) => (/^(true|false)$/i.test(value) ? value.toLowerCase() : value));
    const texts = folded.map(literal).join(', ');
    const numbers = values.map((value) => (value.trim() === '' ? Number.NaN : Number(value))).filter(Number.isFinite);
    const asText = `(outcome IN (${texts}) OR (lower(outcome) IN ('true', 'false') AND lower(outcome) IN (${texts})))`;
    if (numbers.length === 0) return asText;
    return `(${asText} OR coalesce(TRY_CAST(outcome AS DOUBLE) IN (${numbers.map(sqlDouble).join(', ')}), FALSE))`;
  };
  const good = target.good === null ? 'TRUE' : target.good.length === 0 ? 'FALSE' : among(target.good);
  const decided = `CASE WHEN outcome IS NULL THEN NULL WHEN ${among(target.bad)} THEN 1 WHEN ${good} THEN 0 END`;
  return decided.replaceAll('outcome', `(${text})`);
}
