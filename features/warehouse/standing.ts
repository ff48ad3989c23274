import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../base/index.ts';
import type { Column, TableContract } from '../contracts/index.ts';
import { rawTable } from './sql.ts';

/** A row of a raw table that stands, as an application would report it. */
export interface StandingRow {
  readonly values: { readonly [column: string]: string | number | boolean | null };
  readonly source: string;
  /** Its clocks, ISO. */
  readonly happenedAt: string;
  readonly knownFrom: string;
}

/** Which rows are asked for: of one source, or of single keys (the key columns as texts) whoever reported them. */
export type StandingAsked = { readonly source: string } | { readonly keys: readonly (readonly string[])[] };

/** The rows of a raw table that stand; rows of other sources and other keys are left out. */
export async function standingRows(
  connection: DuckDBConnection,
  contract: TableContract,
  asked: StandingAsked,
): Promise<readonly StandingRow[]> {
  if ('keys' in asked && asked.keys.length === 0) return [];
  const where =
    'source' in asked
      ? `source = ${literal(asked.source)}`
      : `(${keyTexts(contract)}) IN (${asked.keys.map((key) => `(${key.map((part) => literal(part)).join(', ')})`).join(', ')})`;
  const columns = contract.columns.map((column) => `${cellSql(column)} AS ${identifier(column.name)}`);
  const reader = await connection.runAndReadAll(
    `SELECT source, ${iso('happened_at')}, ${iso('known_from')}, ${columns.join(', ')}
     FROM ${rawTable(contract.name)} WHERE known_until = TIMESTAMP 'infinity' AND ${where}`,
  );
  return reader.getRows().map(([source, happenedAt, knownFrom, ...cells]) => ({
    source: String(source),
    happenedAt: String(happenedAt),
    knownFrom: String(knownFrom),
    values: Object.fromEntries(contract.columns.map(({ name }, i) => [name, plain(cells[i])])),
  }));
}

/** Of the keys those that were deleted, with when the newest deletion was known, ISO. */
export async function deletedKeys(
  connection: DuckDBConnection,
  contract: TableContract,
  keys: readonly (readonly string[])[],
): Promise<ReadonlyMap<string, string>> {
  if (keys.length === 0) return new Map();
  const lists = keys.map((key) => `[${key.map((part) => literal(part)).join(', ')}]`);
  const reader = await connection.runAndReadAll(
    `SELECT to_json(key_values)::VARCHAR, max(${iso('known_from')}) FROM meta.tombstones
     WHERE table_name = ${literal(contract.name)} AND key_values IN (${lists.join(', ')}) GROUP BY 1`,
  );
  return new Map(reader.getRows().map(([key, at]) => [String(key), String(at)]));
}

const keyTexts = ({ key }: TableContract): string =>
  key.map((name) => `CAST(${identifier(name)} AS VARCHAR)`).join(', ');

const iso = (column: string): string => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ')`;

/** Money, dates and instants come as the texts in which they are reported. */
function cellSql({ name, type }: Column): string {
  const column = identifier(name);
  if (type === 'instant') return iso(column);
  if (type === 'integer') return `CAST(${column} AS DOUBLE)`;
  return type === 'money' || type === 'date' ? `CAST(${column} AS VARCHAR)` : column;
}

function plain(cell: unknown): string | number | boolean | null {
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean' ? cell : null;
}
