import { exactGlob, identifier, instant, literal, ProbityError, type Clock } from '../../base/index.ts';
import { bucketSql, readManifest, verifiedFile, type SnapshotManifest } from '../../features/snapshots/index.ts';
import { requireViews, tablesOf } from '../../features/views/index.ts';
import { loadArtefact, type Artefact } from '../../models/artefact/index.ts';
import { horizonsOf, pdColumn, termStructureSql } from '../../models/hazard/index.ts';
import { featureTerms, followedMonths } from '../../models/monitoring/index.ts';
import { parseSlotKey, slotKey, type Slot } from '../../models/registry/index.ts';
import { scoreSql } from '../../models/scoring/index.ts';
import { addWithheld, decidingSlots, type WithheldOfCustomers } from '../../rating/index.ts';
import { PORTFOLIO_MONITORING, type BasisSources } from '../../records/privacy/index.ts';
import type { Champions, Registry, Snapshots } from '../../records/registry/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { Scorer, ScoringWork } from '../activities/dependencies.ts';
import { columnsOf, oneValue, withDuckDB } from './duckdb.ts';
import { lawfulRelation } from './lawful-relation.ts';
import { SEGMENT } from './monitored-table.ts';
import { countsOf } from './score-counts.ts';

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
 * Scores the feature table of a published snapshot with generated SQL, one bucket of customers at a time, each customer by the champion of the slot that would rate them; features without a legal basis for `portfolio-monitoring`, as of the snapshot and now,
 * count as missing.
 */
export function scoringWork({ clock, registry, champions, snapshots, storage, bases }: ScoringParts): ScoringWork {
  const verified = verifiedOnce();
  return {
    scorers: (slot) => scorersOf(champions, slot),

    target: async (slot) => {
      const models = await scorersOf(champions, slot);
      const [first] = models;
      if (first === undefined)
        throw new ProbityError(
          'NO_CHAMPION',
          `Neither the slot ${slotKey({ ...slot, segment: null })} nor that of a segment has a champion to score the portfolio with.`,
          { fix: 'Promote a candidate of one of them with `probity models promote`.' },
        );
      const snapshot = await snapshots.newest();
      if (!snapshot) throw new ProbityError('SNAPSHOT_NOT_FOUND', 'No snapshot has been published yet.');
      return { snapshotId: snapshot.snapshotId, modelHash: first.modelHash, models };
    },

    scoreBucket: async ({ snapshotId, modelHash, models, bucket, buckets, file }, { progress, signal }) => {
      progress({ step: 'score', message: `bucket ${bucket + 1} of ${buckets}` });
      const folder = await storage.materialise((await snapshots.get(snapshotId)).ref);
      const manifest = await readManifest(folder, snapshotId);
      const { content } = manifest;
      const scorers = models ?? [{ slot: null, modelHash }];
      const artefacts = await Promise.all(
        scorers.map(async ({ modelHash: expectedHash }) => {
          const { artefactRef } = await registry.model(expectedHash);
          const { artefact } = await loadArtefact(await storage.materialise(artefactRef), { expectedHash });
          requireViews(content.views, artefact.provenance.featureViews);
          return artefact;
        }),
      );
      signal.throwIfAborted();
      const source = `read_parquet(${literal(exactGlob(await verified(folder, manifest)))})`;
      const rows = `(SELECT * FROM ${source} WHERE ${bucketSql('party_id', buckets)} = ${bucket} ORDER BY party_id)`;
      const use = {
        purpose: PORTFOLIO_MONITORING,
        instants: [instant(content.asOf), instant(clock.now())],
        basis: bases,
      };
      return withDuckDB(1, async (connection) => {
        const slots = models === undefined ? null : slotOf(models, await columnsOf(connection, source));
        const isOne = scorers.length === 1;
        const withheld: (readonly WithheldOfCustomers[])[] = [];
        const parts: string[] = [];
        for (const [m, { slot }] of scorers.entries()) {
          const artefact = artefacts[m]!;
          const own =
            slots === null || slot === null ? rows : `(SELECT * FROM ${rows} WHERE ${slots} = ${literal(slot)})`;
          const lawful = await lawfulRelation(
            connection,
            own,
            { features: featureTerms(artefact).map(({ name }) => name), lineage: tablesOf(content.views) },
            use,
          );
          withheld.push(lawful.withheld);
          const scores = pdsSql(artefact, lawful.relation);
          parts.push(isOne || slot === null ? scores : `SELECT *, ${literal(slot)} AS slot FROM (${scores})`);
        }
        const all = isOne ? parts[0]! : `SELECT * FROM (${parts.join(' UNION ALL BY NAME ')}) ORDER BY party_id`;
        await connection.run(`COPY (${all}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`);
        const counted = await countsOf(connection, file, !isOne);
        const inBucket =
          slots === null ? counted.rows : Number(await oneValue(connection, `SELECT count(*)::DOUBLE FROM ${rows}`));
        const added = addWithheld(withheld);
        return {
          ...counted,
          ...(inBucket > counted.rows ? { unscored: inBucket - counted.rows } : {}),
          ...(added.length === 0 ? {} : { withheld: added }),
        };
      });
    },
  };
}

/** A PD of 0 or 1 has no log-odds: it is told as if it were no nearer to it than so. */
const LEAST_ODDS = '1e-18';

/**
 * Query of the scores of a relation's customers: `party_id, as_of, log_odds, pd`. Of a term structure, `pd` is over the months that it is followed by (a year, or the nearest below), and beside it
 * stands the PD over each of its horizons, `pd_3m` and so on.
 */
function pdsSql(artefact: Artefact, relation: string): string {
  if (artefact.target.ages === undefined) return scoreSql(artefact, relation, { keep: ['party_id', 'as_of'] });
  const horizons = horizonsOf(artefact);
  const typed = artefact.model.terms.map(({ name, encoding }, t) => {
    const column = name === artefact.target.ages?.term ? 'NULL' : identifier(name);
    return `CAST(${column} AS ${encoding.kind === 'number' ? 'DOUBLE' : 'VARCHAR'}) AS x${t}`;
  });
  const curves = termStructureSql(
    artefact,
    `(SELECT party_id, ${typed.join(', ')} FROM ${relation})`,
    'party_id',
    horizons,
  );
  const pd = pdColumn(followedMonths(artefact, artefact.target.ages.longestMonths));
  return `SELECT r.party_id, r.as_of, ln(greatest(${pd}, ${LEAST_ODDS}) / greatest(1 - ${pd}, ${LEAST_ODDS})) AS log_odds, ${pd} AS pd, c.* EXCLUDE (party_id)
    FROM (SELECT party_id, as_of FROM ${relation}) r JOIN ${curves} c USING (party_id) ORDER BY party_id`;
}

/** The standing champions that would tell of a portfolio's customers, of the slot of all segments first. */
async function scorersOf(champions: Pick<Champions, 'standing'>, slot: Slot): Promise<readonly Scorer[]> {
  const standing = await champions.standing();
  const { bySegment, others } = decidingSlots(
    standing.map((champion) => champion.slot),
    slot,
  );
  return [...(others === null ? [] : [others]), ...bySegment.values()].map((each) => ({
    slot: slotKey(each),
    modelHash: standing.find((champion) => champion.slot === each)!.modelHash,
  }));
}

/** Expression of the slot that tells of a row's customer, by the feature `segment` as a rating reads it; null: one slot for everybody. A row whose value is null has none. */
function slotOf(models: readonly Scorer[], columns: ReadonlySet<string>): string | null {
  const slots = models.map((model) => ({ ...model, segment: parseSlotKey(model.slot).segment }));
  const others = slots.find(({ segment }) => segment === null);
  if (slots.length === 1 && others !== undefined) return null;
  const otherwise = others === undefined ? 'NULL' : literal(others.slot);
  const own = slots.filter(({ segment }) => segment !== null);
  if (!columns.has(SEGMENT)) return otherwise;
  return `CASE ${identifier(SEGMENT)} ${own.map(({ segment, slot }) => `WHEN ${literal(segment!)} THEN ${literal(slot)}`).join(' ')} ELSE ${otherwise} END`;
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
