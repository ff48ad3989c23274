import type { Selectable } from 'kysely';
import { instant, ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import type { Database, SnapshotsTable } from '../database/index.ts';

/** A published feature snapshot, as the registry knows it. */
export interface PublishedSnapshot {
  readonly snapshotId: string;
  /** Where it is stored (records/storage). */
  readonly ref: string;
  readonly asOf: Instant;
  /** Facts with a greater sequence came after it and are added at rating time. */
  readonly factsThrough: number;
  readonly featureViews: { readonly [view: string]: string };
  readonly publishedAt: Instant;
}

/** Which snapshots one tenant has published. */
export interface Snapshots {
  /** Announces a snapshot; the newest announced is the one that serving reads. Idempotent by id. */
  announce(snapshot: Omit<PublishedSnapshot, 'publishedAt'>): Promise<PublishedSnapshot>;
  newest(): Promise<PublishedSnapshot | null>;
  get(snapshotId: string): Promise<PublishedSnapshot>;
}

export function createSnapshots(database: Database, tenant: Tenant): Snapshots {
  const { db } = database;
  const rows = () => db.selectFrom('snapshots').selectAll().where('tenant', '=', tenant);
  const get = async (snapshotId: string): Promise<PublishedSnapshot> => {
    const row = await rows().where('snapshot_id', '=', snapshotId).executeTakeFirst();
    if (!row) throw new ProbityError('NOT_REGISTERED', 'No snapshot with this id is published.');
    return toSnapshot(row);
  };
  return {
    get,
    async announce(snapshot) {
      await db
        .insertInto('snapshots')
        .values({
          tenant,
          snapshot_id: snapshot.snapshotId,
          snapshot_ref: snapshot.ref,
          as_of: snapshot.asOf,
          facts_through: snapshot.factsThrough,
          feature_views: JSON.stringify(snapshot.featureViews),
        })
        .onConflict((conflict) => conflict.columns(['tenant', 'snapshot_id']).doNothing())
        .execute();
      return get(snapshot.snapshotId);
    },
    async newest() {
      const row = await rows().orderBy('published_at', 'desc').limit(1).executeTakeFirst();
      return row ? toSnapshot(row) : null;
    },
  };
}

function toSnapshot(row: Selectable<SnapshotsTable>): PublishedSnapshot {
  return {
    snapshotId: row.snapshot_id,
    ref: row.snapshot_ref,
    asOf: instant(row.as_of),
    factsThrough: row.facts_through,
    featureViews: row.feature_views,
    publishedAt: instant(row.published_at),
  };
}
