import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../base/index.ts';
import type { StagedEntry } from './stage.ts';
import { QUARANTINE, scalar } from './stage-context.ts';

/** The columns that make two rows of a key the same version: all but the key and known-at. */
function contentNames(staged: Pick<StagedEntry, 'contract'>): string[] {
  const { contract } = staged;
  const names = contract.columns.map((column) => column.name).filter((name) => !contract.key.includes(name));
  return [...names, 'happened_at'].map((name) => identifier(name));
}

/** These columns, as the fields of a struct, so that whole contents compare. */
export function contentFields(staged: Pick<StagedEntry, 'contract'>): string {
  return contentNames(staged)
    .map((name) => `${name} := ${name}`)
    .join(', ');
}

/** The key's columns, quoted, in the contract's order. */
export function keyColumns(staged: Pick<StagedEntry, 'contract'>): string {
  return staged.contract.key.map((name) => identifier(name)).join(', ');
}

/**
 * Settles keys that stand more than once in one source. Equal rows are dropped down to the earliest known; contradicting rows (in
 * append mode: any other row of the key; else: another row of the same known-at) go to the quarantine, all of them.
 * Returns the number of equal rows dropped.
 */
export async function settleDuplicates(
  staged: StagedEntry,
  partLabels: readonly string[],
  connection: DuckDBConnection,
): Promise<number> {
  const table = identifier(staged.table);
  const keys = keyColumns(staged);
  const repeated = `SELECT ${keys} FROM ${table} WHERE __problems IS NULL GROUP BY ${keys} HAVING count(*) > 1`;
  await connection.run(`CREATE TEMP TABLE repeated_keys AS ${repeated}`);
  try {
    if ((await scalar(connection, 'SELECT count(*) FROM repeated_keys')) === 0) return 0;
    const deleted = staged.hasDeletions ? ', __deleted' : '';
    const same = `${keys}, ${contentNames(staged).join(', ')}${deleted}${staged.entry.mode === 'append' ? '' : ', known_from'}`;
    await connection.run(
      `CREATE TEMP TABLE repeated_rows AS
       SELECT rowid AS rid, ${keys}, known_from, __part, __row,
         row_number() OVER (PARTITION BY ${same} ORDER BY known_from, __part, __row) AS place
       FROM ${table} WHERE __problems IS NULL AND (${keys}) IN (SELECT (${keys}) FROM repeated_keys)`,
    );
    const dropped = await scalar(connection, 'SELECT count(*) FROM repeated_rows WHERE place > 1');
    await connection.run(`DELETE FROM ${table} WHERE rowid IN (SELECT rid FROM repeated_rows WHERE place > 1)`);
    const clash = `SELECT rid FROM repeated_rows WHERE place = 1
      QUALIFY count(*) OVER (PARTITION BY ${keys}${staged.entry.mode === 'append' ? '' : ', known_from'}) > 1`;
    const labels = `list_value(${partLabels.map((label) => literal(label)).join(', ')})`;
    await connection.run(
      `INSERT INTO ${QUARANTINE} SELECT ${literal(staged.contract.name)}, ${literal(staged.entry.name)}, (${labels})[__part + 1], __row,
         ${literal(staged.contract.key[0] ?? '')}, 'DUPLICATE_KEY' FROM repeated_rows WHERE rid IN (${clash})`,
    );
    await connection.run(`UPDATE ${table} SET __problems = 'duplicate' WHERE rowid IN (${clash})`);
    return dropped;
  } finally {
    await connection.run('DROP TABLE IF EXISTS repeated_rows');
    await connection.run('DROP TABLE IF EXISTS repeated_keys');
  }
}
