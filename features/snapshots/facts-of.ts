import { DuckDBInstance } from '@duckdb/node-api';
import { exactGlob, identifier, literal } from '../../base/index.ts';
import { contractOf } from '../contracts/index.ts';
import { bucketOf, readManifest, verifiedFile, type SnapshotManifest } from './manifest.ts';

/** A published row about a customer, as texts: its columns, and its clocks. */
export interface PublishedRow {
  readonly table: string;
  readonly values: { readonly [column: string]: string };
}

/** The published rows of a snapshot, customer by customer. */
export interface PublishedRows {
  readonly manifest: SnapshotManifest;
  /** Every version of every row about a customer, in the order in which they were known; of some tables where they are named. Columns without a value are left out. */
  of(partyId: string, tables?: readonly string[]): Promise<readonly PublishedRow[]>;
  close(): void;
}

/** Opens a snapshot's folder for looking at single customers; each file is verified before it is first read. */
export async function openPublishedRows(folder: string): Promise<PublishedRows> {
  const manifest = await readManifest(folder);
  const { buckets, tables } = manifest.content;
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const verified = new Map<string, Promise<string>>();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    manifest,
    async of(partyId, only = Object.keys(tables)) {
      const rows: PublishedRow[] = [];
      for (const table of only) {
        const entity = contractOf(table)?.entity;
        const file = tables[table]?.files[String(bucketOf(partyId, buckets))];
        if (entity === null || entity === undefined || file === undefined) continue;
        let path = verified.get(file.path);
        if (path === undefined) verified.set(file.path, (path = verifiedFile(folder, manifest, file)));
        const found = await connection.runAndReadAll(
          `SELECT COLUMNS(*)::VARCHAR FROM read_parquet(${literal(exactGlob(await path))})
           WHERE ${identifier(entity)} = ${literal(partyId)} ORDER BY known_from, happened_at`,
        );
        for (const row of found.getRowObjects()) {
          const values = Object.entries(row).filter((cell): cell is [string, string] => cell[1] !== null);
          rows.push({ table, values: Object.fromEntries(values) });
        }
      }
      return rows;
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Every row about a customer in a published snapshot, every version, for the right of access. Columns without a value are left out. */
export async function publishedRowsOf(folder: string, partyId: string): Promise<readonly PublishedRow[]> {
  const rows = await openPublishedRows(folder);
  try {
    return await rows.of(partyId);
  } finally {
    rows.close();
  }
}
