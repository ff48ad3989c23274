import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { epochMillis, ProbityError, type AsOf, type Instant } from '../../base/index.ts';
import { requireViews, viewsFor, type FeatureView } from '../views/index.ts';
import type { AddedFact } from './added-facts.ts';
import { openLane, type FeatureRow, type Lane } from './lane.ts';
import { bucketOf, readManifest, type SnapshotManifest, type SourceFreshness } from './manifest.ts';
import { publishedFacts } from './published-facts.ts';
import { inRounds } from './rounds.ts';

export interface OpenOptions {
  /** The snapshot that the folder must hold. */
  readonly expectedHash?: string;
  /** Rounds that are computed at the same time; one core stays free for whoever asks, four at most, unless told. */
  readonly lanes?: number;
  /** Threads of DuckDB; one is the fastest for single customers. */
  readonly threads?: number;
  /** Rows of published facts kept in memory, about. */
  readonly maxRows?: number;
}

/** Fewer lanes make larger rounds, and a round of many customers takes little more processor time than a round of one. */
const LANES = Math.max(1, Math.min(4, availableParallelism() - 1));

/** A source whose newest fact is older than it promises. */
export interface StaleSource extends SourceFreshness {
  readonly ageMs: number | null;
}

/** A published snapshot, open for reading. It opens nothing for writing and may be open many times. */
export interface SnapshotReader {
  readonly manifest: SnapshotManifest;
  /**
   * The features of customers as of an instant, in the order of `partyIds`: the views' own SQL over the customers' published facts
   * and `addedFacts` (those acknowledged after `manifest.content.factsThrough`; facts of other customers are left out).
   * `views`: another version than the snapshot's, from `viewsFor` or a model; throws VIEW_MISMATCH where its statistics are missing.
   */
  featuresOf(
    partyIds: readonly string[],
    asOf: AsOf,
    addedFacts?: readonly AddedFact[],
    views?: readonly FeatureView[],
  ): Promise<readonly FeatureRow[]>;
  /** The very views with these hashes: the snapshot's own, or older ones from the store. Throws VIEW_MISMATCH, by name. */
  viewsFor(wanted: { readonly [name: string]: string }): Promise<readonly FeatureView[]>;
  /** Sources whose newest published fact is older at `at` than they promise. */
  staleSources(at: Instant): readonly StaleSource[];
  /** Sources whose last import left columns emptier than they promise. */
  incompleteSources(): readonly SourceFreshness[];
  close(): Promise<void>;
}

/**
 * Statements are prepared over empty tables and run over filled ones; these optimisers would build the emptiness into the plan.
 * They change plans, never results.
 */
const UNSAFE_WHEN_PREPARED = 'statistics_propagation,compressed_materialization,empty_result_pullup';

/** Opens a snapshot's folder; its manifest is verified now, each file of facts before it is first used. */
export async function openSnapshot(folder: string, options: OpenOptions = {}): Promise<SnapshotReader> {
  const manifest = await readManifest(folder, options.expectedHash);
  const { content } = manifest;
  const instance = await DuckDBInstance.create(':memory:', { threads: String(options.threads ?? 1) });
  const loader = await instance.connect();
  const lanes: Lane[] = [];
  let closed = false;
  try {
    await loader.run("SET TimeZone = 'UTC'");
    await loader.run(`SET disabled_optimizers = '${UNSAFE_WHEN_PREPARED}'`);
    const published = await publishedFacts(loader, folder, manifest, options.maxRows ?? 5_000_000);
    for (let lane = 0; lane < (options.lanes ?? LANES); lane++) lanes.push(await openLane(instance, published));
    const rounds = inRounds(lanes, published.holding);
    return {
      manifest,
      async featuresOf(partyIds, asOf, addedFacts = [], views = content.views) {
        if (closed) throw new ProbityError('SNAPSHOT_NOT_FOUND', 'This snapshot has been closed.');
        if (partyIds.length === 0) return [];
        const own = new Set(partyIds);
        const asked = [...own].map((id) => ({ id, bucket: bucketOf(id, content.buckets), asOf }));
        const added = addedFacts.filter((fact) => fact.sequence > content.factsThrough && concerns(fact, own));
        const rows = await rounds.compute({ views, asked, added });
        const byId = new Map(rows.map((row) => [row.partyId, row]));
        return partyIds.flatMap((id) => byId.get(id) ?? []);
      },
      async viewsFor(wanted) {
        try {
          requireViews(content.views, wanted);
          return content.views;
        } catch {
          return viewsFor(folder, wanted).catch(() => viewsFor(dirname(folder), wanted));
        }
      },
      staleSources(at) {
        return content.sources.flatMap((source) => {
          const ageMs = source.newestKnownFrom === null ? null : epochMillis(at) - epochMillis(source.newestKnownFrom);
          const stale = source.freshnessMs !== null && (ageMs === null || ageMs > source.freshnessMs);
          return stale ? [{ ...source, ageMs }] : [];
        });
      },
      incompleteSources: () => content.sources.filter(({ incomplete }) => (incomplete?.length ?? 0) > 0),
      async close() {
        closed = true;
        await rounds.drained();
        for (const lane of lanes) lane.close();
        loader.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    for (const lane of lanes) lane.close();
    loader.closeSync();
    instance.closeSync();
    throw error;
  }
}

function concerns(fact: AddedFact, parties: ReadonlySet<string>): boolean {
  const party = fact.values['party_id'];
  return party === undefined || party === null || parties.has(String(party));
}
