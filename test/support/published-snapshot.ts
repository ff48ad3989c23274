import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { dataPaths, instant, type Project } from '../../base/index.ts';
import { publishSnapshot } from '../../features/snapshots/index.ts';
import { viewHashes, type FeatureView } from '../../features/views/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createSnapshots } from '../../records/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';

/** Publishes what a warehouse holds now as a project's newest snapshot. */
export async function publishAndAnnounce(
  of: {
    readonly project: Project;
    readonly database: Database;
    readonly connection: DuckDBConnection;
    readonly views: readonly FeatureView[];
  },
  factsThrough: number,
): Promise<void> {
  const { project, database, connection, views } = of;
  const { tenant } = project;
  const { snapshots } = dataPaths(project);
  const at = instant(Date.now());
  const made = { connection, views, asOf: at, tenant, storageDir: snapshots, factsThrough, builtAt: at };
  const { hash, content } = await publishSnapshot(made);
  const ref = await openStorage(project).publish(tenant, 'snapshots', hash, join(snapshots, hash));
  const announced = { snapshotId: hash, ref, asOf: content.asOf, factsThrough, featureViews: viewHashes(views) };
  await createSnapshots(database, tenant).announce(announced);
}
