import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../base/index.ts';
import type { TableContract } from '../contracts/index.ts';
import { erasedAmong, idList, type ErasedCustomers } from './erased.ts';
import { namedParties, partyColumns } from './party-columns.ts';

/**
 * Removes from a staged table what is about erased customers, as `eraseParties` does in the warehouse: rows of theirs go; where another
 * customer's row names one, the name goes. Answers how many rows went.
 */
export async function dropErased(
  connection: DuckDBConnection,
  table: string,
  contract: TableContract,
  erased: ErasedCustomers,
): Promise<number> {
  const columns = partyColumns(contract);
  const name = identifier(table);
  const mentions = columns.map((column) => `SELECT ${identifier(column)} FROM ${name}`).join(' UNION ');
  const ids = columns.length === 0 ? [] : await erasedAmong(connection, mentions, erased);
  if (ids.length === 0) return 0;
  const named = namedParties(contract);
  const own = columns
    .filter((column) => !named.includes(column))
    .map((column) => `${identifier(column)} IN ${idList(ids)}`);
  const { rowsChanged } = await connection.run(`DELETE FROM ${name} WHERE ${own.join(' OR ')}`);
  for (const column of named)
    await connection.run(
      `UPDATE ${name} SET ${identifier(column)} = NULL WHERE ${identifier(column)} IN ${idList(ids)}`,
    );
  return rowsChanged;
}
