import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../base/index.ts';
import { contractOf } from '../contracts/index.ts';
import { rawTable } from '../warehouse/sql.ts';
import type { StagedEntry } from './stage.ts';
import { QUARANTINE, scalar } from './stage-context.ts';

/**
 * Sets rows aside that refer to nothing: the parent is neither in the warehouse nor among the good rows of this import. Where the
 * parent's table is empty and this import does not bring it, there is nothing to check against. Returns such tables.
 */
export async function checkReferences(
  staged: StagedEntry,
  earlier: readonly StagedEntry[],
  partLabels: readonly string[],
  connection: DuckDBConnection,
): Promise<string[]> {
  const unchecked: string[] = [];
  const table = identifier(staged.table);
  const labels = `list_value(${partLabels.map((label) => literal(label)).join(', ')})`;
  for (const column of staged.contract.columns) {
    const parent = column.references === undefined ? undefined : contractOf(column.references);
    const key = parent?.key[0];
    if (parent === undefined || key === undefined || parent.key.length > 1 || !staged.entry.columns.has(column.name))
      continue;
    const here = earlier.filter((other) => other.contract.name === parent.name);
    const loaded = await scalar(connection, `SELECT count(*) FROM (SELECT 1 FROM ${rawTable(parent.name)} LIMIT 1)`);
    if (here.length === 0 && loaded === 0) {
      unchecked.push(parent.name);
      continue;
    }
    const parents = [
      rawTable(parent.name),
      ...here.map((other) => `${identifier(other.table)} WHERE __problems IS NULL`),
    ]
      .map((from) => `SELECT ${identifier(key)} AS k FROM ${from}`)
      .join(' UNION ALL ');
    const name = identifier(column.name);
    await connection.run(
      `CREATE TEMP TABLE orphans AS SELECT rowid AS rid, __part, __row FROM ${table}
       WHERE __problems IS NULL AND ${name} IS NOT NULL AND ${name} NOT IN (SELECT k FROM (${parents}) WHERE k IS NOT NULL)`,
    );
    if ((await scalar(connection, 'SELECT count(*) FROM orphans')) > 0) {
      await connection.run(
        `INSERT INTO ${QUARANTINE} SELECT ${literal(staged.contract.name)}, ${literal(staged.entry.name)}, (${labels})[__part + 1], __row,
           ${literal(column.name)}, 'ORPHAN' FROM orphans`,
      );
      await connection.run(`UPDATE ${table} SET __problems = 'orphan' WHERE rowid IN (SELECT rid FROM orphans)`);
    }
    await connection.run('DROP TABLE orphans');
  }
  return unchecked;
}
