/** A name as a DuckDB identifier, whatever it holds. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a DuckDB string literal, whatever it holds. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A raw table's qualified name. */
export function rawTable(table: string): string {
  return `raw.${identifier(table)}`;
}
