import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, uuidv7, type Instant } from '../../base/index.ts';
import { contractOf } from '../contracts/index.ts';
import { erasedAmong, idList, type ErasedCustomers } from './erased.ts';
import { isPartyColumn, namedParties } from './party-columns.ts';

/** Rows removed or rewritten, by table. */
export type RemovedRows = { readonly [table: string]: number };

interface Holder {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/**
 * Removes every row about erased customers from the warehouse's tables, and tombstones of their rows; where another customer's row names one
 * (a guarantor), the name goes and the row stays, unless the table's key holds it. All in one transaction, which also notes that the warehouse
 * is another one now, so that the next snapshot is new. Doing it again changes nothing.
 */
export async function eraseParties(
  connection: DuckDBConnection,
  erased: ErasedCustomers,
  now: Instant,
): Promise<RemovedRows> {
  const holders = await holdersOf(connection);
  if (holders.length === 0) return {};
  const mentions = holders.flatMap(({ schema, table, columns }) =>
    columns.map((column) => `SELECT ${identifier(column)} FROM ${identifier(schema)}.${identifier(table)}`),
  );
  const ids = await erasedAmong(connection, mentions.join(' UNION '), erased);
  if (ids.length === 0) return {};
  const removed: Record<string, number> = {};
  await connection.run('BEGIN');
  try {
    for (const holder of holders) {
      const count = await eraseFrom(connection, holder, idList(ids));
      if (count > 0) removed[holder.table] = count;
    }
    await connection.run(
      `INSERT INTO meta.imports VALUES (${literal(uuidv7())}, 'erasure', '', 'loaded', TIMESTAMP ${literal(now.replace('T', ' ').replace('Z', ''))},
        ${literal(JSON.stringify({ erased: ids.length, removed }))})`,
    );
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
  return removed;
}

/** Tables with columns of customers' ids; the project may have made some of its own. */
async function holdersOf(connection: DuckDBConnection): Promise<readonly Holder[]> {
  const reader = await connection.runAndReadAll(
    `SELECT schema_name, table_name, column_name FROM duckdb_columns()
     WHERE database_name = current_database() AND NOT internal
       AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE NOT temporary) ORDER BY ALL`,
  );
  const found = new Map<string, { schema: string; table: string; columns: string[] }>();
  for (const [schema, table, column] of reader.getRows().map((row) => row.map(String))) {
    if (schema === undefined || table === undefined || column === undefined || !isPartyColumn(column)) continue;
    const name = `${schema}.${table}`;
    const holder = found.get(name) ?? { schema, table, columns: [] };
    holder.columns.push(column);
    found.set(name, holder);
  }
  return [...found.values()];
}

async function eraseFrom(
  connection: DuckDBConnection,
  { schema, table, columns }: Holder,
  ids: string,
): Promise<number> {
  const name = `${identifier(schema)}.${identifier(table)}`;
  const contract = schema === 'raw' ? contractOf(table) : undefined;
  const named = contract === undefined ? [] : namedParties(contract);
  const isNamed = (column: string) => named.includes(column);
  const own = columns.filter((column) => !isNamed(column)).map((column) => `${identifier(column)} IN ${ids}`);
  let count = 0;
  if (own.length > 0) {
    const where = own.join(' OR ');
    if (contract !== undefined) {
      const key = `[${contract.key.map((column) => `CAST(${identifier(column)} AS VARCHAR)`).join(', ')}]`;
      await connection.run(
        `DELETE FROM meta.tombstones WHERE table_name = ${literal(table)}
         AND (key_values IN (SELECT ${key} FROM ${name} WHERE ${where})
           ${columns.some((column) => contract.key.includes(column)) ? `OR list_has_any(key_values, [${ids.slice(1, -1)}])` : ''})`,
      );
    }
    count += (await connection.run(`DELETE FROM ${name} WHERE ${where}`)).rowsChanged;
  }
  for (const column of columns.filter(isNamed))
    count += (
      await connection.run(`UPDATE ${name} SET ${identifier(column)} = NULL WHERE ${identifier(column)} IN ${ids}`)
    ).rowsChanged;
  return count;
}
