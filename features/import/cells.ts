import { literal } from '../../base/index.ts';
import { directIdentifierSql, textRole, type Column, type ColumnType, type CustomerKeys } from '../contracts/index.ts';
import type { CellSpec, TextRules } from '../specs/relational-spec.ts';
import { wrapped } from './expression.ts';

/** The SQL of one cell, in the three steps of staging: its text (or native value), its typed value, and whether it failed. */
export interface CellSql {
  /** Over the source's columns: trimmed text with missing texts as NULL and codes mapped, or a native value. */
  readonly source: string;
  /** Over the source's columns: an expression that failed; null where nothing can fail. */
  readonly failed: string | null;
  /** Over `text`, the column that holds `source`. */
  readonly typed: (text: string) => string;
}

/** How a cell becomes a value of its column's type. `nativeType` is the DuckDB type of the column that it reads. */
export function cellSql(
  cell: CellSpec,
  type: ColumnType,
  rules: TextRules,
  read: { readonly sql: string; readonly nativeType: string },
): CellSql {
  const plain = cell.origin.kind === 'column' && cell.map === null && rules.missing.length === 0;
  if (plain && fits(read.nativeType, type)) {
    return { source: read.sql, failed: null, typed: (value) => nativeSql(value, type, read.nativeType) };
  }
  const origin = originSql(cell, read.sql);
  return {
    source: mapped(trimmed(origin.sql, rules.missing, cell.origin.kind === 'value'), cell),
    failed: origin.failed,
    typed: (text) => textSql(text, type, rulesOf(cell, rules)),
  };
}

/** The source's date format and decimal mark are about its texts; what an expression or constant gives is ISO dates and plain numbers. */
function rulesOf(cell: CellSpec, rules: TextRules): TextRules {
  if (cell.origin.kind === 'column') return { ...rules, dateFormat: cell.dateFormat ?? rules.dateFormat };
  return { ...rules, dateFormat: cell.dateFormat, decimal: '.', thousands: null };
}

function originSql(cell: CellSpec, columnSql: string): { sql: string; failed: string | null } {
  if (cell.origin.kind === 'value') return { sql: literal(cell.origin.value), failed: null };
  if (cell.origin.kind === 'column') return { sql: `CAST(${columnSql} AS VARCHAR)`, failed: null };
  const expression = wrapped(cell.origin.expression);
  return { sql: `TRY(CAST(${expression} AS VARCHAR))`, failed: `TRY(${expression} IS NULL) IS NULL` };
}

function trimmed(sql: string, missing: readonly string[], isConstant: boolean): string {
  if (isConstant) return sql;
  if (missing.length === 0) return `nullif(trim(${sql}), '')`;
  return `CASE WHEN trim(${sql}) IN ('', ${missing.map((text) => literal(text)).join(', ')}) THEN NULL ELSE trim(${sql}) END`;
}

function mapped(text: string, cell: CellSpec): string {
  if (cell.map === null) return text;
  const value = (to: string | null) => (to === null ? 'NULL' : literal(to));
  const missing = cell.map.find((pair) => pair.from === '');
  const branches = cell.map
    .filter((pair) => pair.from !== '')
    .map((pair) => `WHEN ${literal(pair.from)} THEN ${value(pair.to)}`);
  const otherwise = cell.otherwise === undefined ? text : value(cell.otherwise);
  const known = branches.length === 0 ? otherwise : `CASE ${text} ${branches.join(' ')} ELSE ${otherwise} END`;
  return `CASE WHEN ${text} IS NULL THEN ${missing === undefined ? 'NULL' : value(missing.to)} ELSE ${known} END`;
}

/** Text to a type; NULL where the text is none of it. */
function textSql(text: string, type: ColumnType, rules: TextRules): string {
  switch (type) {
    case 'flag':
      return `TRY_CAST(${text} AS BOOLEAN)`;
    case 'money':
      return `TRY_CAST(${plainNumber(text, rules)} AS DECIMAL(18, 2))`;
    case 'number':
      return finite(`TRY_CAST(${plainNumber(text, rules)} AS DOUBLE)`);
    case 'integer':
      return wholeNumber(plainNumber(text, rules));
    case 'date':
      return rules.dateFormat === null
        ? `TRY_CAST(${text} AS DATE)`
        : `CAST(try_strptime(${text}, ${literal(rules.dateFormat)}) AS DATE)`;
    case 'instant':
      return instantSql(text, rules);
    default:
      return text;
  }
}

/** An instant in UTC: its own offset where it has one, else the source's zone. */
function instantSql(text: string, rules: TextRules): string {
  const inZone = (timestamp: string) =>
    rules.timezone === null ? timestamp : `timezone('UTC', timezone(${literal(rules.timezone)}, ${timestamp}))`;
  if (rules.dateFormat !== null)
    return inZone(`CAST(try_strptime(${text}, ${literal(rules.dateFormat)}) AS TIMESTAMP)`);
  const withOffset = `CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
  if (rules.timezone === null) return withOffset;
  return `CASE WHEN regexp_matches(${text}, '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') AND length(${text}) > 10 THEN ${withOffset}
    ELSE ${inZone(`TRY_CAST(${text} AS TIMESTAMP)`)} END`;
}

function plainNumber(text: string, rules: TextRules): string {
  const grouped = rules.thousands === null ? text : `replace(${text}, ${literal(rules.thousands)}, '')`;
  if (rules.decimal === '.') return grouped;
  const other = rules.thousands === '.' ? grouped : `CASE WHEN contains(${grouped}, '.') THEN NULL ELSE ${grouped} END`;
  return `replace(${other}, ',', '.')`;
}

const finite = (number: string) => `CASE WHEN isfinite(${number}) THEN ${number} END`;

const wholeNumber = (number: string) =>
  `CASE WHEN TRY_CAST(${number} AS DOUBLE) = TRY_CAST(${number} AS BIGINT) THEN TRY_CAST(${number} AS BIGINT) END`;

const NUMERIC = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*)$/;
const TEMPORAL = /^(DATE|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE)$/;

/** Whether a native type goes to a column's type without text in between. */
function fits(nativeType: string, type: ColumnType): boolean {
  if (type === 'date' || type === 'instant') return TEMPORAL.test(nativeType);
  if (type === 'money' || type === 'number' || type === 'integer') return NUMERIC.test(nativeType);
  return type === 'flag' && nativeType === 'BOOLEAN';
}

/** A typed source value to a type, without going through text; NULL where it does not fit. */
function nativeSql(value: string, type: ColumnType, nativeType: string): string {
  switch (type) {
    case 'money':
      return `TRY_CAST(${value} AS DECIMAL(18, 2))`;
    case 'number':
      return finite(`TRY_CAST(${value} AS DOUBLE)`);
    case 'integer':
      return /INT/.test(nativeType) ? `TRY_CAST(${value} AS BIGINT)` : wholeNumber(value);
    case 'date':
      return `TRY_CAST(${value} AS DATE)`;
    case 'instant':
      return `TRY_CAST(${value} AS TIMESTAMP)`;
    default:
      return `TRY_CAST(${value} AS BOOLEAN)`;
  }
}

type BrokenContract = 'UNKNOWN_CODE' | 'OUT_OF_RANGE' | 'DIRECT_IDENTIFIER';

/** Conditions under which a typed value breaks its column's contract, beside being missing or unparseable. */
export function rangeConditions(
  column: Column,
  value: string,
  keys: CustomerKeys,
): { readonly code: BrokenContract; readonly sql: string }[] {
  const conditions: { code: BrokenContract; sql: string }[] = [];
  if (column.type === 'text')
    conditions.push({ code: 'DIRECT_IDENTIFIER', sql: directIdentifierSql(value, textRole(column), keys) });
  if (column.values !== undefined) {
    conditions.push({
      code: 'UNKNOWN_CODE',
      sql: `${value} NOT IN (${column.values.map((code) => literal(code)).join(', ')})`,
    });
  }
  const bounds = [
    ...(column.min === undefined ? [] : [`${value} < ${column.min}`]),
    ...(column.max === undefined ? [] : [`${value} > ${column.max}`]),
    ...(column.type === 'date' ? [`${value} NOT BETWEEN DATE '1800-01-01' AND DATE '9999-12-31'`] : []),
    ...(column.type === 'instant' ? [clockOutOfRange(value)] : []),
  ];
  if (bounds.length > 0) conditions.push({ code: 'OUT_OF_RANGE', sql: `(${bounds.join(' OR ')})` });
  return conditions;
}

/** Instants outside 1800 to 2200, infinities included. */
export function clockOutOfRange(value: string): string {
  return `${value} NOT BETWEEN TIMESTAMP '1800-01-01' AND TIMESTAMP '2200-12-31'`;
}
