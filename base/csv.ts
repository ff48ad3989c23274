import { literal } from './sql.ts';

/**
 * Rows as CSV text (RFC 4180) for people's spreadsheets: cells with a comma, quote or line end are quoted, lines end in CRLF. A text that
 * a spreadsheet would run as a formula gets an apostrophe before it (OWASP, "CSV Injection"); numbers, also written as text, stay.
 */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const cell = (value: string | number): string => {
  const text = typeof value === 'string' ? guardedText(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** How a text begins that a spreadsheet may take for a formula, also in full width, whatever apostrophes stand before; read alike by JavaScript and RE2. */
const FORMULA = String.raw`^'*[=+\-@\t\r\n＝＋－＠]`;
const NUMBER = String.raw`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`;
const formula = new RegExp(FORMULA, 'u');
const number = new RegExp(NUMBER);

/**
 * A text as CSV files for people hold it: with an apostrophe before, where it would run as a formula and is no number. Texts that have apostrophes
 * before such a beginning get one more, so that `unguardedText` gives back every text exactly.
 */
export function guardedText(text: string): string {
  return formula.test(text) && !number.test(text) ? `'${text}` : text;
}

/** A text as it was before it was guarded. */
export function unguardedText(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text;
}

/** `guardedText` of a text column, for DuckDB. */
export function guardedSql(column: string): string {
  return `CASE WHEN regexp_matches(${column}, ${literal(FORMULA)}) AND NOT regexp_matches(${column}, ${literal(NUMBER)}) THEN '''' || ${column} ELSE ${column} END`;
}

/** `unguardedText` of a text column, for DuckDB. */
export function unguardedSql(column: string): string {
  return `CASE WHEN starts_with(${column}, '''') AND regexp_matches(${column}, ${literal(FORMULA)}) THEN substr(${column}, 2) ELSE ${column} END`;
}
