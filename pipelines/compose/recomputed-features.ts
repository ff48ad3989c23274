import { ProbityError, type AsOf } from '../../base/index.ts';
import { neededViews, openSnapshot, valuesOf, type SnapshotReader } from '../../features/snapshots/index.ts';
import { tablesOf } from '../../features/views/index.ts';
import type { FeatureValues } from '../../models/artefact/index.ts';
import type { Fact, Facts } from '../../records/facts/index.ts';
import type { Snapshots } from '../../records/registry/index.ts';
import type { Storage } from '../../records/storage/index.ts';

/** On what the features of a recorded rating were looked up. */
export interface LookedUpOn {
  readonly customerId: string;
  readonly asOf: AsOf;
  readonly snapshotId: string;
  /** The newest acknowledged fact that was looked at. */
  readonly factsThrough: number;
}

/** Computes features of recorded ratings again: the very snapshot, the same facts, as of the same instant. One snapshot is open at a time. */
export interface RecomputedFeatures {
  /**
   * Features by these very versions of views, with the source tables of each; null: the customer is not known there. Throws VIEW_MISMATCH where the snapshot
   * cannot execute them, and what its registry and storage throw where it is gone.
   */
  of(
    on: LookedUpOn,
    views: { readonly [view: string]: string },
  ): Promise<{ readonly values: FeatureValues; readonly tables: ReturnType<typeof tablesOf> } | null>;
  close(): Promise<void>;
}

const FACTS_PAGE = 10_000;

export function recomputedFeatures({
  snapshots,
  storage,
  facts,
}: {
  readonly snapshots: Pick<Snapshots, 'get'>;
  readonly storage: Pick<Storage, 'has' | 'materialise'>;
  readonly facts: Pick<Facts, 'since'>;
}): RecomputedFeatures {
  let held: { readonly snapshotId: string; readonly reader: SnapshotReader } | null = null;
  const readerOf = async (snapshotId: string): Promise<SnapshotReader> => {
    if (held?.snapshotId === snapshotId) return held.reader;
    await held?.reader.close();
    held = null;
    const { ref } = await snapshots.get(snapshotId);
    if (!(await storage.has(ref)))
      throw new ProbityError('SNAPSHOT_NOT_FOUND', 'The snapshot of this rating is not kept any more.');
    const reader = await openSnapshot(await storage.materialise(ref), { expectedHash: snapshotId });
    held = { snapshotId, reader };
    return reader;
  };
  /** What was acknowledged of a customer after a snapshot, up to the last fact that the rating looked at. */
  const factsOf = async (customerId: string, after: number, through: number): Promise<Fact[]> => {
    const found: Fact[] = [];
    for (let from = after; from < through;) {
      const page = await facts.since(from, { entity: customerId, limit: FACTS_PAGE });
      found.push(...page.filter(({ sequence }) => sequence <= through));
      if (page.length < FACTS_PAGE) break;
      from = page.at(-1)?.sequence ?? through;
    }
    return found;
  };
  return {
    async of({ customerId, asOf, snapshotId, factsThrough }, wanted) {
      const reader = await readerOf(snapshotId);
      const views = neededViews(await reader.viewsFor(wanted), wanted);
      const added = await factsOf(customerId, reader.manifest.content.factsThrough, factsThrough);
      const [row] = await reader.featuresOf([customerId], asOf, added, views);
      return row?.known === true ? { values: valuesOf(row), tables: tablesOf(views) } : null;
    },
    close: async () => held?.reader.close(),
  };
}
