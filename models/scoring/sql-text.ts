/** A double as a SQL literal that reads back as the same bits: always with an exponent, since DuckDB takes `0.1` for a DECIMAL. */
export function sqlDouble(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('only finite numbers have a literal');
  const text = (value + 0).toExponential();
  return value < 0 ? `(${text})` : text;
}

/** A text as a SQL literal; the NUL character, which a statement cannot hold, is spliced in by `chr(0)`. */
export function sqlText(value: string): string {
  const quoted = (part: string): string => `'${part.replaceAll("'", "''")}'`;
  const parts = value.split('\0');
  return parts.length === 1 ? quoted(value) : `(${parts.map(quoted).join(' || chr(0) || ')})`;
}

/** A name as a quoted SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
