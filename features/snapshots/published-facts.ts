import type { DuckDBConnection } from '@duckdb/node-api';
import { exactGlob, identifier, literal } from '../../base/index.ts';
import { readableColumns } from '../asof/index.ts';
import { CONTRACTS, type TableContract } from '../contracts/index.ts';
import { verifiedFile, type SnapshotFile, type SnapshotManifest } from './manifest.ts';

/** The contracts whose rows views may read. */
export const PUBLISHED: readonly TableContract[] = CONTRACTS.filter((contract) => contract.name !== 'outcomes');

/** Where published rows are held in memory: one table per contract in schema `published`, with the bucket of each row. */
export interface PublishedFacts {
  /**
   * Runs `work` with the facts of these buckets in memory, verified against the manifest; buckets that nobody uses may make room.
   */
  readonly holding: <T>(buckets: readonly number[], work: () => Promise<T>) => Promise<T>;
  /** Whether any row of a table is published for a bucket (or for every customer). */
  holds(table: string, bucket: number): boolean;
  /** The table of peer statistics with this hash, or null: not published in this snapshot. */
  statistics(hash: string): string | null;
}

/**
 * Prepares a snapshot's facts for reading: makes the tables, loads what every customer reads and the peer statistics, and buckets
 * as they are asked for. At most about `maxRows` rows are kept.
 */
export async function publishedFacts(
  connection: DuckDBConnection,
  folder: string,
  manifest: SnapshotManifest,
  maxRows: number,
): Promise<PublishedFacts> {
  const { content } = manifest;
  await connection.run('CREATE SCHEMA published');
  for (const contract of PUBLISHED) {
    const columns = readableColumns(contract.name).map(([name, type]) => `${identifier(name)} ${type}`);
    await connection.run(
      `CREATE TABLE published.${identifier(contract.name)} (${['snapshot_bucket INTEGER', ...columns].join(', ')})`,
    );
    const shared = content.tables[contract.name]?.files['all'];
    if (shared) await load(connection, folder, manifest, contract.name, shared, -1);
  }
  for (const [hash, file] of Object.entries(content.statistics)) {
    const path = await verified(folder, manifest, file);
    await connection.run(`CREATE TABLE published.${identifier(`statistics_${hash}`)} AS FROM read_parquet(${path})`);
  }
  interface Held {
    readonly rows: number;
    users: number;
    readonly ready: Promise<void>;
  }
  /** By bucket, the longest unused first. */
  const held = new Map<number, Held>();
  let queue: Promise<void> = Promise.resolve();

  const bring = async (bucket: number): Promise<void> => {
    for (const contract of PUBLISHED) {
      const file = content.tables[contract.name]?.files[String(bucket)];
      if (file) await load(connection, folder, manifest, contract.name, file, bucket);
    }
  };
  const drop = async (bucket: number): Promise<void> => {
    for (const contract of PUBLISHED)
      if (content.tables[contract.name]?.files[String(bucket)])
        await connection.run(`DELETE FROM published.${identifier(contract.name)} WHERE snapshot_bucket = ${bucket}`);
  };

  const enqueue = (bucket: number): Promise<void> => {
    const ready = queue.then(async () => {
      let total = [...held.values()].reduce((sum, each) => sum + each.rows, 0);
      for (const [old, { rows, users }] of held) {
        if (total <= maxRows) break;
        if (users > 0) continue;
        held.delete(old);
        total -= rows;
        await drop(old);
      }
      await bring(bucket);
    });
    queue = ready.catch(async () => {
      held.delete(bucket);
      await drop(bucket);
    });
    return ready;
  };

  return {
    holds: (table, bucket) => {
      const files = content.tables[table]?.files;
      return files !== undefined && (files['all'] !== undefined || files[String(bucket)] !== undefined);
    },
    statistics: (hash) => (content.statistics[hash] ? `published.${identifier(`statistics_${hash}`)}` : null),
    async holding(buckets, work) {
      const mine = buckets.map((bucket) => {
        const before = held.get(bucket);
        const entry = before ?? { rows: rowsIn(content, bucket), users: 0, ready: enqueue(bucket) };
        entry.users += 1;
        held.delete(bucket);
        held.set(bucket, entry);
        return entry;
      });
      try {
        for (const entry of mine) await entry.ready;
        return await work();
      } finally {
        for (const entry of mine) entry.users -= 1;
      }
    },
  };
}

function rowsIn(content: SnapshotManifest['content'], bucket: number): number {
  return PUBLISHED.reduce(
    (sum, contract) => sum + (content.tables[contract.name]?.files[String(bucket)]?.rows ?? 0),
    0,
  );
}

async function load(
  connection: DuckDBConnection,
  folder: string,
  manifest: SnapshotManifest,
  table: string,
  file: SnapshotFile,
  bucket: number,
): Promise<void> {
  const path = await verified(folder, manifest, file);
  const columns = readableColumns(table).map(([name]) => identifier(name));
  await connection.run(
    `INSERT INTO published.${identifier(table)} (snapshot_bucket, ${columns.join(', ')})
     SELECT ${bucket}, ${columns.join(', ')} FROM read_parquet(${path})`,
  );
}

/** The path of a snapshot's file, as a SQL literal, once it is known to be unaltered. */
async function verified(folder: string, manifest: SnapshotManifest, file: SnapshotFile): Promise<string> {
  return literal(exactGlob(await verifiedFile(folder, manifest, file)));
}
