import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { exactGlob, identifier, literal, sha256File, type Instant } from '../../base/index.ts';
import { snapshotHash, verifiedFile, type SnapshotManifest } from '../../features/snapshots/index.ts';

/** Columns that scoring and monitoring read beside a model's features. */
const BESIDE = ['segment', 'credit_drawn', 'receivables_open', 'credit_limit'];

export interface MonthOfBook {
  readonly snapshots: string;
  /** The published snapshot whose customers are drawn from, and its folder. */
  readonly origin: { readonly folder: string; readonly manifest: SnapshotManifest };
  readonly customers: number;
  readonly features: readonly string[];
  readonly asOf: Instant;
  /** One customer in ten has changed in every month after the first. */
  readonly month: number;
}

export interface PublishedMonth {
  readonly snapshotId: string;
  readonly folder: string;
  readonly bytes: number;
}

/**
 * A snapshot of as many customers as wanted, in the layout of `publishSnapshot` but without raw facts: each is one of the origin's customers under another
 * name, amounts up to 2.5 % off, counts as they are; the same customers in every month.
 */
export async function publishMonth(month: MonthOfBook): Promise<PublishedMonth> {
  const { manifest, folder } = month.origin;
  const draft = join(month.snapshots, `.unfinished-scale-${process.pid}`);
  await mkdir(draft, { recursive: true });
  try {
    const path = join(draft, 'features.parquet');
    await writeCustomers(await verifiedFile(folder, manifest, manifest.content.features), path, month);
    const { size: bytes } = await stat(path);
    const features = { path: 'features.parquet', sha256: await sha256File(path), bytes, rows: month.customers };
    const content = { ...manifest.content, asOf: month.asOf, parties: month.customers, tables: {}, features };
    const snapshotId = snapshotHash(content);
    const published: SnapshotManifest = { hash: snapshotId, builtAt: month.asOf, content };
    await writeFile(join(draft, 'manifest.json'), JSON.stringify(published));
    const target = join(month.snapshots, snapshotId);
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
    return { snapshotId, folder: target, bytes };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function writeCustomers(origin: string, path: string, { customers, features, asOf, month }: MonthOfBook) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '2GB' });
  const connection = await instance.connect();
  try {
    const source = `read_parquet(${literal(exactGlob(origin))})`;
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
    const types = new Map(described.getRows().map(([name, type]) => [String(name), String(type)]));
    const columns = [...new Set([...features, ...BESIDE])].filter((name) => types.has(name));
    const off = `(0.975 + (hash(i, ${month}) % 1000) / 20000)`;
    const shown = columns.map((name) => {
      const column = `o.${identifier(name)}`;
      if (types.get(name) !== 'DOUBLE') return column;
      return `CASE WHEN ${column} = floor(${column}) THEN ${column} ELSE round(${column} * ${off}, 4) END AS ${identifier(name)}`;
    });
    await connection.run(
      `CREATE TABLE origin AS SELECT *, row_number() OVER (ORDER BY party_id) - 1 AS place FROM ${source}`,
    );
    const counted = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM origin');
    const size = Number(counted.getRows()[0]?.[0]);
    // In a later month one in ten looks like somebody else.
    const like = `CASE WHEN hash(i, 77) % 10 = 0 THEN hash(i, ${month}) ELSE hash(i) END % ${size}`;
    await connection.run(
      `COPY (SELECT 'customer-' || lpad(i::VARCHAR, 10, '0') AS party_id, ${literal(asOf.slice(0, -1))}::TIMESTAMP AS as_of, ${shown.join(', ')}
        FROM (SELECT i, ${like} AS place FROM range(${customers}) n(i)) n JOIN origin o USING (place) ORDER BY i)
       TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
