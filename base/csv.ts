/**
 * Rows as CSV text (RFC 4180) for people's spreadsheets: cells with a comma, quote or line end are quoted, lines end in CRLF. A text that
 * a spreadsheet would run as a formula gets an apostrophe before it (OWASP, "CSV Injection"); numbers, also written as text, stay.
 */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const cell = (value: string | number): string => {
  const text = typeof value === 'string' && startsFormula(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Whether a spreadsheet may take a text for a formula: it begins so (also in full width), and is not simply a number. */
function startsFormula(text: string): boolean {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
}
