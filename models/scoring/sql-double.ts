/** A double as a SQL literal that reads back as the same bits: always with an exponent, since DuckDB takes `0.1` for a DECIMAL. */
export function sqlDouble(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('only finite numbers have a literal');
  const text = (value + 0).toExponential();
  return value < 0 ? `(${text})` : text;
}
