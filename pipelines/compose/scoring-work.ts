import { DuckDBInstance } from '@duckdb/node-api';
import { exactGlob, instant, literal, ProbityError, type Clock } from '../../base/index.ts';
import { bucketSql, readManifest, verifiedFile, type SnapshotManifest } from '../../features/snapshots/index.ts';
import { requireViews, tablesOf } from '../../features/views/index.ts';
import { loadArtefact } from '../../models/artefact/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import { scoreSql } from '../../models/scoring/index.ts';
import { PORTFOLIO_MONITORING, type BasisSources } from '../../records/privacy/index.ts';
import type { Champions, Registry, Snapshots } from '../../records/registry/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { ScoringWork } from '../activities/dependencies.ts';
import { lawfulRelation } from './lawful-relation.ts';

export interface ScoringParts {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly champions: Champions;
  readonly snapshots: Snapshots;
  readonly storage: Storage;
  /** What allows data to be used for portfolio monitoring. */
  readonly bases: BasisSources;
}

/**
 * Scores the feature table of a published snapshot with generated SQL, one bucket of customers at a time; features without a legal basis for `portfolio-monitoring`, as of the snapshot and now,
 * count as missing.
 */
export function scoringWork({ clock, registry, champions, snapshots, storage, bases }: ScoringParts): ScoringWork {
  const verified = verifiedOnce();
  return {
    target: async (slot) => {
      const champion = await champions.championAt(slot, instant(clock.now()));
      if (!champion)
        throw new ProbityError(
          'NO_CHAMPION',
          `The slot ${slotKey(slot)} has no champion to score the portfolio with.`,
          {
            fix: 'Promote a candidate of this very slot with `probity models promote`. Champions of single segments rate their customers and score no portfolio.',
          },
        );
      const snapshot = await snapshots.newest();
      if (!snapshot) throw new ProbityError('SNAPSHOT_NOT_FOUND', 'No snapshot has been published yet.');
      return { snapshotId: snapshot.snapshotId, modelHash: champion.modelHash };
    },

    scoreBucket: async ({ snapshotId, modelHash, bucket, buckets, file }, { progress, signal }) => {
      progress({ step: 'score', message: `bucket ${bucket + 1} of ${buckets}` });
      const folder = await storage.materialise((await snapshots.get(snapshotId)).ref);
      const manifest = await readManifest(folder, snapshotId);
      const { content } = manifest;
      const model = await registry.model(modelHash);
      const { artefact } = await loadArtefact(await storage.materialise(model.artefactRef), {
        expectedHash: modelHash,
      });
      requireViews(content.views, artefact.provenance.featureViews);
      signal.throwIfAborted();
      const source = `read_parquet(${literal(exactGlob(await verified(folder, manifest)))})`;
      const rows = `(SELECT * FROM ${source} WHERE ${bucketSql('party_id', buckets)} = ${bucket} ORDER BY party_id)`;
      const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
      const connection = await instance.connect();
      try {
        const lawful = await lawfulRelation(
          connection,
          rows,
          { features: artefact.model.terms.map(({ name }) => name), lineage: tablesOf(content.views) },
          { purpose: PORTFOLIO_MONITORING, instants: [instant(content.asOf), instant(clock.now())], basis: bases },
        );
        const scores = scoreSql(artefact, lawful.relation, { keep: ['party_id', 'as_of'] });
        await connection.run(`COPY (${scores}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`);
        const reader = await connection.runAndReadAll(
          `SELECT count(*)::DOUBLE, coalesce(sum(pd), 0)::DOUBLE FROM read_parquet(${literal(exactGlob(file))})`,
        );
        const [count, sumPd] = reader.getRows()[0] ?? [];
        const { withheld } = lawful;
        return {
          rows: Number(count ?? 0),
          sumPd: Number(sumPd ?? 0),
          ...(withheld.length === 0 ? {} : { withheld }),
        };
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
  };
}

/** The feature file of a snapshot, hashed the first time that this process asks for it: its many buckets read one large, immutable file. */
function verifiedOnce(): (folder: string, manifest: SnapshotManifest) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (folder, manifest) => {
    const key = `${folder} ${manifest.hash}`;
    const path = known.get(key) ?? verifiedFile(folder, manifest, manifest.content.features);
    known.set(key, path);
    path.catch(() => known.delete(key));
    return path;
  };
}
