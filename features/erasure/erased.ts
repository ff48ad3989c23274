import type { DuckDBConnection } from '@duckdb/node-api';
import { hmacBlocks, literal } from '../../base/index.ts';

/** Erased customers: their pseudonyms, and the key under which an id has one (the first 32 hexadecimal digits of HMAC-SHA-256, RFC 2104). */
export interface ErasedCustomers {
  readonly subjects: readonly string[];
  readonly key: Uint8Array;
}

/** A DuckDB expression for the pseudonym of an id. It holds the key: never show it. */
function pseudonymSql(column: string, key: Uint8Array): string {
  const { inner, outer } = hmacBlocks(key);
  const blob = (bytes: Buffer): string =>
    `'${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'::BLOB`;
  return `substring(sha256(${blob(outer)} || unhex(sha256(${blob(inner)} || encode(${column})))), 1, 32)`;
}

/** The ids among those that a query gives (one column of texts) whose customers were erased. Each is hashed once. */
export async function erasedAmong(
  connection: DuckDBConnection,
  query: string,
  { subjects, key }: ErasedCustomers,
): Promise<readonly string[]> {
  if (subjects.length === 0) return [];
  const reader = await connection.runAndReadAll(
    `SELECT id FROM (SELECT DISTINCT id::VARCHAR AS id FROM (${query}) AS given(id) WHERE id IS NOT NULL)
     WHERE ${pseudonymSql('id', key)} IN (${subjects.map((subject) => literal(subject)).join(', ')})`,
  );
  return reader.getRows().map(([id]) => String(id));
}

/** A list of ids as SQL. */
export function idList(ids: readonly string[]): string {
  return `(${ids.map((id) => literal(id)).join(', ')})`;
}
