import { DuckDBInstance } from '@duckdb/node-api';
import { exactGlob, identifier, literal } from '../../base/index.ts';
import { contractOf } from '../contracts/index.ts';
import { bucketOf, readManifest, verifiedFile } from './manifest.ts';

/** A published row about a customer, as texts: its columns, and its clocks. */
export interface PublishedRow {
  readonly table: string;
  readonly values: { readonly [column: string]: string };
}

/** Every row about a customer in a published snapshot, every version, for the right of access. Columns without a value are left out. */
export async function publishedRowsOf(folder: string, partyId: string): Promise<readonly PublishedRow[]> {
  const manifest = await readManifest(folder);
  const { buckets, tables } = manifest.content;
  const rows: PublishedRow[] = [];
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    for (const [table, { files }] of Object.entries(tables)) {
      const entity = contractOf(table)?.entity;
      const file = files[String(bucketOf(partyId, buckets))];
      if (entity === null || entity === undefined || file === undefined) continue;
      const path = await verifiedFile(folder, manifest, file);
      const found = await connection.runAndReadAll(
        `SELECT COLUMNS(*)::VARCHAR FROM read_parquet(${literal(exactGlob(path))})
         WHERE ${identifier(entity)} = ${literal(partyId)} ORDER BY known_from, happened_at`,
      );
      for (const row of found.getRowObjects()) {
        const values = Object.entries(row).filter((cell): cell is [string, string] => cell[1] !== null);
        rows.push({ table, values: Object.fromEntries(values) });
      }
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return rows;
}
