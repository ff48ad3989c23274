import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { contentHash, packageVersion, writeFileAtomic, type Instant, type Json } from '../../base/index.ts';
import { CONTRACTS } from '../../features/contracts/index.ts';
import { SNAPSHOT_FORMAT, type SourceFreshness } from '../../features/snapshots/index.ts';
import type { FeatureView } from '../../features/views/index.ts';

/** Everything that decides what a snapshot holds, beside the warehouse itself. */
export interface SnapshotInputs {
  readonly asOf: Instant;
  readonly factsThrough: number;
  readonly views: readonly FeatureView[];
  readonly keep: readonly (readonly FeatureView[])[];
  readonly sources: readonly SourceFreshness[];
}

/**
 * A name for the inputs of a snapshot: equal name, equal snapshot. The code's part is the package version and the snapshot's format; the warehouse's part is the list of imports that changed it, which
 * the import writes in the same transaction as their rows.
 */
export async function snapshotKey(connection: DuckDBConnection, inputs: SnapshotInputs): Promise<string> {
  const imports = await connection.runAndReadAll(
    `SELECT coalesce(md5(string_agg(import_id || ' ' || imported_at::VARCHAR, ',' ORDER BY imported_at, import_id)), '')
     FROM meta.imports WHERE status = 'loaded'`,
  );
  const hashes = (views: readonly FeatureView[]) => views.map((view) => view.hash);
  return contentHash({
    version: await packageVersion(),
    format: SNAPSHOT_FORMAT,
    contracts: contentHash(CONTRACTS as unknown as Json),
    imports: String(imports.getRows()[0]?.[0]),
    asOf: inputs.asOf,
    factsThrough: inputs.factsThrough,
    views: hashes(inputs.views),
    keep: inputs.keep.map(hashes),
    sources: inputs.sources as unknown as Json,
  });
}

/** The snapshot that was made of these inputs, or null. `folder` is that of the snapshots. */
export async function snapshotOf(folder: string, key: string): Promise<string | null> {
  try {
    const { snapshotId } = JSON.parse(await readFile(fileOf(folder, key), 'utf8')) as { snapshotId?: string };
    return snapshotId ?? null;
  } catch {
    return null;
  }
}

/** Notes which snapshot came of these inputs. */
export async function rememberSnapshot(folder: string, key: string, snapshotId: string): Promise<void> {
  await writeFileAtomic(fileOf(folder, key), `${JSON.stringify({ snapshotId })}\n`);
}

function fileOf(folder: string, key: string): string {
  return join(folder, 'inputs', `${key}.json`);
}
