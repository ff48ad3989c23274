/**
 * A statement without comments and with single spaces, texts and quoted names untouched: what a view's hash is taken over,
 * so that a comment or a line break does not make another view.
 */
export function normaliseSql(sql: string): string {
  const parts = sql.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\s+|[^'"\-/\s]+|[-/]/g) ?? [];
  let result = '';
  for (const part of parts) {
    const blank = /^\s/.test(part) || part.startsWith('--') || part.startsWith('/*');
    if (!blank) result += part;
    else if (!result.endsWith(' ')) result += ' ';
  }
  return result.trim();
}
