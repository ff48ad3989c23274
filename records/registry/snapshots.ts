import { sql, type Selectable } from 'kysely';
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
  /** When it last became the newest. */
  readonly publishedAt: Instant;
}

/** Which snapshots one tenant has published. */
export interface Snapshots {
  /**
   * Announces a snapshot: the one announced last is the newest, which serving reads. Again the newest: nothing changes; again an older one (the
   * inputs went back to what they were): it is the newest once more.
   */
  announce(snapshot: Omit<PublishedSnapshot, 'publishedAt'>): Promise<PublishedSnapshot>;
  newest(): Promise<PublishedSnapshot | null>;
  find(snapshotId: string): Promise<PublishedSnapshot | null>;
  /** The same; throws NOT_REGISTERED where there is none. */
  get(snapshotId: string): Promise<PublishedSnapshot>;
}

export function createSnapshots(database: Database, tenant: Tenant): Snapshots {
  const { db } = database;
  const rows = () => db.selectFrom('snapshots').selectAll().where('tenant', '=', tenant);
  const find = async (snapshotId: string): Promise<PublishedSnapshot | null> => {
    const row = await rows().where('snapshot_id', '=', snapshotId).executeTakeFirst();
    return row ? toSnapshot(row) : null;
  };
  const get = async (snapshotId: string): Promise<PublishedSnapshot> => {
    const found = await find(snapshotId);
    if (found) return found;
    throw new ProbityError('NOT_REGISTERED', 'No snapshot with this id is published.');
  };
  return {
    find,
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
        .onConflict((conflict) =>
          conflict
            .columns(['tenant', 'snapshot_id'])
            .doUpdateSet({ published_at: sql`clock_timestamp()` })
            .where(
              sql<boolean>`exists (select 1 from snapshots later
                where later.tenant = snapshots.tenant and later.published_at > snapshots.published_at)`,
            ),
        )
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
