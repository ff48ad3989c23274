import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { contentHash, ProbityError, sha256File, type Instant, type Json, type Tenant } from '../../base/index.ts';
import type { FeatureView } from '../views/feature-view.ts';

/** One file of a snapshot. */
export interface SnapshotFile {
  /** Relative to the snapshot's folder, with `/`. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** What a snapshot holds of one raw table. */
export interface SnapshotTable {
  readonly rows: number;
  readonly newestHappenedAt: Instant | null;
  readonly newestKnownFrom: Instant | null;
  /** File by bucket of customers; one entry under `all` for tables that every customer reads. Buckets without rows are absent. */
  readonly files: { readonly [bucket: string]: SnapshotFile };
}

/** How fresh and how complete a source was when the snapshot was made, and what it promises. */
export interface SourceFreshness {
  readonly source: string;
  readonly table: string;
  readonly newestKnownFrom: Instant | null;
  /** Longest age of the newest fact that the source promises, milliseconds; null: it promises nothing. */
  readonly freshnessMs: number | null;
  /** Columns of its last import that were emptier than the source promises: shares of rows with a value. Absent: none. */
  readonly incomplete?: readonly { readonly column: string; readonly share: number; readonly expected: number }[];
}

/** How the files of a snapshot are laid out; a change of what they hold for the same inputs is a new number. */
export const SNAPSHOT_FORMAT = 'probity.snapshot/1';

/** What names a snapshot: equal content, equal id. Nothing in it tells when or where it was made. */
export interface SnapshotContent {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly tenant: Tenant;
  /** Feature tables are as of this instant; facts known by then are in it. */
  readonly asOf: Instant;
  /** Sequence of the newest acknowledged fact that the warehouse had taken in; facts after it are added when serving. */
  readonly factsThrough: number;
  readonly buckets: number;
  readonly parties: number;
  readonly tables: { readonly [table: string]: SnapshotTable };
  /** The feature table: one row per customer as of `asOf`. */
  readonly features: SnapshotFile;
  /** Peer statistics by hash of the statistics view. */
  readonly statistics: { readonly [hash: string]: SnapshotFile };
  /** The views that made the feature table, in dependency order, with their SQL. */
  readonly views: readonly FeatureView[];
  readonly sources: readonly SourceFreshness[];
  /** Hashes of the views of live models that are not among `views`, sorted; they lie under `views/` in the snapshot's folder. Absent: none. */
  readonly kept?: readonly string[];
  /** Features as of an earlier instant would lack facts that a retention rule removed. Absent: none was removed. */
  readonly keptFrom?: Instant;
}

/** `manifest.json` of a snapshot. */
export interface SnapshotManifest {
  /** The snapshot's id and the name of its folder: SHA-256 of `content` as canonical JSON. */
  readonly hash: string;
  readonly builtAt: Instant;
  readonly content: SnapshotContent;
}

/** The id of a snapshot with this content. */
export function snapshotHash(content: SnapshotContent): string {
  return contentHash(content as unknown as Json);
}

/**
 * Reads and verifies a snapshot's manifest. Throws SNAPSHOT_NOT_FOUND, or SNAPSHOT_ALTERED where it does not have its hash, or is another
 * snapshot's than the one that was asked for (`expectedHash`).
 */
export async function readManifest(folder: string, expectedHash?: string): Promise<SnapshotManifest> {
  let text: string;
  try {
    text = await readFile(join(folder, 'manifest.json'), 'utf8');
  } catch (error) {
    throw new ProbityError('SNAPSHOT_NOT_FOUND', `There is no snapshot ${basename(folder)}.`, { cause: error });
  }
  try {
    const manifest = JSON.parse(text) as SnapshotManifest;
    const own = manifest.content.format === SNAPSHOT_FORMAT && snapshotHash(manifest.content) === manifest.hash;
    if (own && manifest.hash === (expectedHash ?? manifest.hash)) return manifest;
  } catch {
    // Falls through to the same answer: the file is not what was published.
  }
  throw new ProbityError('SNAPSHOT_ALTERED', `The manifest of snapshot ${basename(folder)} does not have its hash.`);
}

/** The path of a snapshot's file once its bytes have the hash that the manifest gives; throws SNAPSHOT_ALTERED. */
export async function verifiedFile(folder: string, manifest: SnapshotManifest, file: SnapshotFile): Promise<string> {
  const path = join(folder, ...file.path.split('/'));
  const hash = await sha256File(path).catch(() => null);
  if (hash === file.sha256) return path;
  throw new ProbityError(
    'SNAPSHOT_ALTERED',
    `${file.path} of snapshot ${manifest.hash.slice(0, 12)} ${hash === null ? 'is missing' : 'does not have its hash'}.`,
  );
}

/** The bucket of a customer: the first 32 bits of the MD5 of its id, modulo `buckets`. */
export function bucketOf(partyId: string, buckets: number): number {
  return createHash('md5').update(partyId).digest().readUInt32BE(0) % buckets;
}

/** The same in SQL. */
export function bucketSql(column: string, buckets: number): string {
  return `(('0x' || md5(${column})[1:8])::UINTEGER % ${buckets})`;
}
