import { rename, rm } from 'node:fs/promises';
import { identifier, literal, temporaryName } from '../../base/index.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * Writes the warehouse anew beside itself and puts the copy in its place, so that no block of the file holds what was deleted: DuckDB frees
 * such blocks and leaves their bytes. Needs as much disk again for a while. Close the warehouse afterwards: its connection reads the old file.
 */
export async function compactWarehouse({ connection, path }: Warehouse): Promise<void> {
  const copy = temporaryName(path);
  try {
    const reader = await connection.runAndReadAll('SELECT current_database()');
    await connection.run('CHECKPOINT');
    await connection.run(`ATTACH ${literal(copy)} AS compacted`);
    try {
      await connection.run(`COPY FROM DATABASE ${identifier(String(reader.getRows()[0]?.[0]))} TO compacted`);
      await connection.run('CHECKPOINT compacted');
    } finally {
      await connection.run('DETACH compacted');
    }
    await rename(copy, path);
  } finally {
    await rm(copy, { force: true });
    await rm(`${copy}.wal`, { force: true });
  }
}
