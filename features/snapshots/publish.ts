import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  identifier,
  instant,
  literal,
  sha256File,
  silent,
  writeFileAtomic,
  type Instant,
  type Progress,
  type Tenant,
} from '../../base/index.ts';
import { computeFeatures, computeStatistics, rawTables, readableColumns } from '../asof/index.ts';
import { CONTRACTS, type TableContract } from '../contracts/index.ts';
import { storeViews, type FeatureView } from '../views/index.ts';
import {
  bucketSql,
  readManifest,
  SNAPSHOT_FORMAT,
  snapshotHash,
  type SnapshotContent,
  type SnapshotFile,
  type SnapshotManifest,
  type SnapshotTable,
  type SourceFreshness,
} from './manifest.ts';

export interface PublishOptions {
  readonly connection: DuckDBConnection;
  readonly schema?: string;
  readonly views: readonly FeatureView[];
  /** View sets of live models, other than `views`: their statistics are published, too, so that those models can be served. */
  readonly keep?: readonly (readonly FeatureView[])[];
  readonly asOf: Instant;
  readonly tenant: Tenant;
  /** Folder of the tenant's snapshots; views are kept beside them, under `views/`. */
  readonly storageDir: string;
  /** Sequence of the newest acknowledged fact that the warehouse has taken in. */
  readonly factsThrough: number;
  readonly builtAt: Instant;
  /** From when on the warehouse answers as if nothing had been removed of it. */
  readonly keptFrom?: Instant;
  readonly sources?: readonly SourceFreshness[];
  /** Customers in a bucket, about. */
  readonly bucketSize?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Publishes an immutable snapshot `<storageDir>/<hash>/`: raw facts as Parquet by bucket of customers, the feature table as of
 * `asOf`, peer statistics, and the manifest. It is written beside and renamed once whole, so that no reader sees a part of it; the
 * same content gives the same hash, and publishing it again changes nothing.
 */
export async function publishSnapshot(options: PublishOptions): Promise<SnapshotManifest> {
  const { storageDir, progress = silent, signal } = options;
  await mkdir(storageDir, { recursive: true });
  await removeAbandoned(storageDir);
  const folder = join(storageDir, `.unfinished-${process.pid}-${randomBytes(6).toString('hex')}`);
  await mkdir(folder);
  try {
    const content = await writeContent(folder, options);
    const hash = snapshotHash(content);
    const manifest: SnapshotManifest = { hash, builtAt: options.builtAt, content };
    await writeFileAtomic(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const views of [options.views, ...(options.keep ?? [])]) await storeViews(storageDir, views);
    for (const views of options.keep ?? []) await storeViews(folder, views);
    signal?.throwIfAborted();
    const target = join(storageDir, hash);
    progress({ step: 'snapshot', done: 1, message: hash.slice(0, 12) });
    if (existsSync(target)) return await readManifest(target, hash);
    await rename(folder, target);
    return manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeContent(folder: string, options: PublishOptions): Promise<SnapshotContent> {
  const { connection, views, asOf, tenant, factsThrough, progress = silent, signal, bucketSize = 2000 } = options;
  const table = await rawTables(connection, options.schema ?? 'raw');
  const known = `FROM ${table('parties')} WHERE known_from <= '${asOf}' AND '${asOf}' < known_until AND happened_at <= '${asOf}'`;
  const parties = Number(await scalar(connection, `SELECT count(DISTINCT party_id)::DOUBLE ${known}`));
  const all = Number(await scalar(connection, `SELECT count(DISTINCT party_id)::DOUBLE FROM ${table('parties')}`));
  const buckets = Math.min(256, Math.max(1, Math.ceil(all / bucketSize)));
  const tables: Record<string, SnapshotTable> = {};
  const contracts = CONTRACTS.filter((contract) => contract.name !== 'outcomes');
  for (const [index, contract] of contracts.entries()) {
    signal?.throwIfAborted();
    progress({ step: 'snapshot', done: (0.6 * index) / contracts.length, message: contract.name });
    const written = await writeTable(folder, connection, contract, table(contract.name), buckets);
    if (written) tables[contract.name] = written;
  }
  const statistics: Record<string, SnapshotFile> = {};
  const published = new Map<string, string>();
  const made: string[] = [];
  try {
    for (const set of [views, ...(options.keep ?? [])]) {
      for (const view of set) {
        if (view.kind !== 'statistics' || statistics[view.hash]) continue;
        signal?.throwIfAborted();
        const into = `published_${view.hash.slice(0, 12)}`;
        made.push(into);
        const monthEnds = `(SELECT unnest(range(date_trunc('month', first) + INTERVAL 1 MONTH, '${asOf}'::TIMESTAMP + INTERVAL 1 MICROSECOND, INTERVAL 1 MONTH)) AS month_end
          FROM (SELECT min(known_from) AS first FROM ${table('parties')}))`;
        await computeStatistics(connection, { view, views: set, monthEnds, into, table, progress });
        if (set === views) published.set(view.name, `temp.main.${into}`);
        statistics[view.hash] = await writeParquet(
          folder,
          `statistics/${view.hash}.parquet`,
          connection,
          `SELECT * FROM temp.main.${into} ORDER BY segment, month_end, feature`,
        );
      }
    }
    made.push('published_features');
    await computeFeatures(connection, {
      views,
      asked: `(SELECT DISTINCT party_id, '${asOf}'::TIMESTAMP AS as_of ${known})`,
      ...(options.schema ? { schema: options.schema } : {}),
      into: 'temp.published_features',
      statistics: published,
      progress: (event) => progress({ ...event, done: 0.7 + 0.25 * (event.done ?? 0) }),
      ...(signal ? { signal } : {}),
    });
    const features = await writeParquet(
      folder,
      'features.parquet',
      connection,
      'SELECT * FROM temp.main.published_features ORDER BY party_id',
    );
    const sources = [...(options.sources ?? [])].sort((a, b) =>
      `${a.source}/${a.table}` < `${b.source}/${b.table}` ? -1 : 1,
    );
    const own = new Set(views.map((view) => view.hash));
    const others = (options.keep ?? []).flatMap((set) => set.map((view) => view.hash));
    const kept = [...new Set(others)].filter((hash) => !own.has(hash)).sort();
    return {
      format: SNAPSHOT_FORMAT,
      tenant,
      asOf,
      factsThrough,
      buckets,
      parties,
      tables,
      features,
      statistics,
      views,
      sources,
      ...(kept.length === 0 ? {} : { kept }),
      ...(options.keptFrom === undefined ? {} : { keptFrom: options.keptFrom }),
    };
  } finally {
    for (const name of made) await connection.run(`DROP TABLE IF EXISTS temp.main.${name}`);
  }
}

/** One raw table as Parquet: a file per bucket, sorted by customer and completely, so that equal rows give equal bytes. */
async function writeTable(
  folder: string,
  connection: DuckDBConnection,
  contract: TableContract,
  relation: string,
  buckets: number,
): Promise<SnapshotTable | null> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE, epoch_ms(max(happened_at))::DOUBLE, epoch_ms(max(known_from))::DOUBLE FROM ${relation}`,
  );
  const [rows, happened, known] = (reader.getRows()[0] ?? []).map((value) => (value === null ? null : Number(value)));
  if (!rows) return null;
  const names = readableColumns(contract.name).map(([name]) => identifier(name));
  const first = [contract.entity, 'happened_at', 'known_from', ...contract.key].filter((name) => name !== null);
  const order = [...new Set([...first.map(identifier), ...names])].join(', ');
  const files: Record<string, SnapshotFile> = {};
  if (contract.entity === null) {
    const query = `SELECT ${names.join(', ')} FROM ${relation} ORDER BY ${order}`;
    files['all'] = await writeParquet(folder, `facts/${contract.name}/all.parquet`, connection, query);
  } else {
    const bucket = bucketSql(identifier(contract.entity), buckets);
    const sorted = identifier(`publish_${contract.name}`);
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${sorted} AS
       SELECT ${bucket} AS snapshot_bucket, ${names.join(', ')} FROM ${relation} ORDER BY snapshot_bucket`,
    );
    try {
      const present = await connection.runAndReadAll(
        `SELECT DISTINCT snapshot_bucket::INTEGER FROM temp.main.${sorted} ORDER BY 1`,
      );
      for (const [value] of present.getRows()) {
        const number = Number(value);
        const query = `SELECT ${names.join(', ')} FROM temp.main.${sorted} WHERE snapshot_bucket = ${number} ORDER BY ${order}`;
        files[String(number)] = await writeParquet(
          folder,
          `facts/${contract.name}/bucket-${number}.parquet`,
          connection,
          query,
        );
      }
    } finally {
      await connection.run(`DROP TABLE IF EXISTS temp.main.${sorted}`);
    }
  }
  return {
    rows,
    newestHappenedAt: happened === null || happened === undefined ? null : instant(happened),
    newestKnownFrom: known === null || known === undefined ? null : instant(known),
    files,
  };
}

async function writeParquet(
  folder: string,
  path: string,
  connection: DuckDBConnection,
  query: string,
): Promise<SnapshotFile> {
  const file = join(folder, ...path.split('/'));
  await mkdir(join(file, '..'), { recursive: true });
  const result = await connection.runAndReadAll(
    `COPY (${query}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)`,
  );
  return {
    path,
    sha256: await sha256File(file),
    bytes: (await stat(file)).size,
    rows: Number(result.getRows()[0]?.[0] ?? 0),
  };
}

/** Removes what a killed publisher left behind more than a day ago. */
async function removeAbandoned(storageDir: string): Promise<void> {
  for (const name of await readdir(storageDir)) {
    if (!name.startsWith('.unfinished-')) continue;
    const path = join(storageDir, name);
    const made = await stat(path).catch(() => null);
    if (made && Date.now() - made.mtimeMs > 86_400_000) await rm(path, { recursive: true, force: true });
  }
}

async function scalar(connection: DuckDBConnection, query: string): Promise<unknown> {
  return (await connection.runAndReadAll(query)).getRows()[0]?.[0] ?? null;
}
