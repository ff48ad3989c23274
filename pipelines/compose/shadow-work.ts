import { z } from 'zod';
import { asOf as toAsOf, isProbityError, instant, ProbityError, type Tenant } from '../../base/index.ts';
import type { FeatureTerm, FeatureValues } from '../../models/artefact/index.ts';
import { compileDeep, isDeep, loadAnyArtefact, type AnyArtefact } from '../../models/deep/index.ts';
import { inShare, slotKey } from '../../models/registry/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { isRulesOnlyEngine, parseEvidence } from '../../rating/index.ts';
import { isAsRecorded, storedRecords, type StoredRecord } from '../../records/audit/index.ts';
import type { Database } from '../../records/database/index.ts';
import type { Facts } from '../../records/facts/index.ts';
import { RATING_KIND, ratingIdOf } from '../../records/ratings/index.ts';
import type { Registry, Snapshots } from '../../records/registry/index.ts';
import type { Shadow, Shadows, ShadowScore, ShadowScores, SkipReason } from '../../records/shadows/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { ShadowWork } from '../activities/dependencies.ts';
import { recomputedFeatures, type RecomputedFeatures } from './recomputed-features.ts';

export interface ShadowParts {
  readonly tenant: Tenant;
  readonly database: Database;
  readonly registry: Pick<Registry, 'model'>;
  readonly snapshots: Pick<Snapshots, 'get'>;
  readonly facts: Pick<Facts, 'since'>;
  readonly storage: Pick<Storage, 'has' | 'materialise'>;
  readonly shadows: Pick<Shadows, 'reading'>;
  readonly scores: Pick<ShadowScores, 'store'>;
}

/** What a shadow needs of the evidence of a rating, of whatever engine. */
const evidenced = z.object({
  asOf: z.iso.datetime(),
  values: z.record(z.string(), z.union([z.number(), z.string()])),
  request: z.object({ customerId: z.string().optional() }),
  champion: z.object({ slot: z.string(), of: z.enum(['today', 'then']) }),
  snapshot: z.object({ snapshotId: z.string(), factsThrough: z.int() }).nullable(),
});

/** A recorded rating, as far as a shadow reads it. */
interface Rated extends z.infer<typeof evidenced> {
  readonly engine: string;
  readonly sequence: number;
  readonly ratingId: string;
  readonly at: string;
  readonly decider: { readonly hash: string; readonly pd: number };
}

interface Model {
  readonly artefact: AnyArtefact;
  readonly terms: ReadonlyMap<string, FeatureTerm>;
  readonly views: { readonly [view: string]: string };
  readonly score: (values: FeatureValues) => { readonly pd: number; readonly logOdds: number };
}

type Inputs = { readonly values: FeatureValues; readonly inputs: 'evidence' | 'recomputed' } | SkipReason;

const MOST_MODELS = 8;
/** A rating as of more than a day before it was recorded looks back: what came of it may be among what the challenger was taught. */
const LOOKS_BACK_MS = 86_400_000;

/** Scores recorded ratings by the challengers in the shadow of their slots, from where each has stopped reading the audit chain. */
export function shadowWork(parts: ShadowParts): ShadowWork {
  const { database, tenant, registry, storage, snapshots, facts, shadows, scores } = parts;
  const models = new Map<string, Promise<Model>>();

  const modelOf = (hash: string): Promise<Model> => {
    const known = models.get(hash);
    if (known) return known;
    const loading = registry
      .model(hash)
      .then(async ({ artefactRef }) =>
        ready((await loadAnyArtefact(await storage.materialise(artefactRef), { expectedHash: hash })).artefact),
      );
    loading.catch(() => models.delete(hash));
    models.set(hash, loading);
    const [oldest] = models.keys();
    if (models.size > MOST_MODELS && oldest !== undefined) models.delete(oldest);
    return loading;
  };

  /** The features of a rating by the challenger's own views. */
  const recomputed = async (
    rated: Rated,
    model: Model,
    features: RecomputedFeatures,
  ): Promise<FeatureValues | SkipReason> => {
    const { snapshot, request, asOf } = rated;
    const { customerId } = request;
    if (snapshot === null || customerId === undefined) return 'not-recorded';
    try {
      const found = await features.of({ customerId, asOf: toAsOf(instant(asOf)), ...snapshot }, model.views);
      return found === null ? 'unknown-customer' : found.values;
    } catch (error) {
      if (isProbityError(error, 'VIEW_MISMATCH')) return 'views-missing';
      throw error;
    }
  };

  const inputsOf = async (
    rated: Rated,
    model: Model,
    decider: Model,
    features: RecomputedFeatures,
  ): Promise<Inputs> => {
    const sameViews = (views: { readonly [view: string]: string }, name: string) =>
      decider.views[name] === undefined || decider.views[name] === views[name];
    const held = [...model.terms.values()].every(({ name, type }) => decider.terms.get(name)?.type === type);
    const ofSameViews = Object.entries(model.views).every(([view, hash]) => decider.views[view] === hash);
    if (held && (rated.snapshot === null || ofSameViews)) return { values: rated.values, inputs: 'evidence' };
    if (rated.snapshot === null) return 'not-recorded';
    const found = await recomputed(rated, model, features);
    if (typeof found === 'string') return found;
    // Where both models use the same versions of views, what the evidence holds proves that the same inputs were found again.
    const comparable = Object.keys(model.views).every((view) => sameViews(model.views, view));
    const values = new Map([...model.terms.keys()].map((name) => [name, asEvidenced(found[name])]));
    for (const [name, value] of values)
      if (comparable && decider.terms.has(name) && (rated.values[name] ?? null) !== value) return 'inputs-differ';
    return { values: Object.fromEntries(values), inputs: 'recomputed' };
  };

  const scoreOne = async (rated: Rated, shadow: Shadow, features: RecomputedFeatures): Promise<ShadowScore> => {
    const { sequence, ratingId, decider } = rated;
    const told = (said: ShadowScore['said']): ShadowScore => ({
      sequence,
      ratingId,
      asOf: instant(rated.asOf),
      decider,
      said,
    });
    // No model decided, and the evidence holds none of a model's features.
    if (isRulesOnlyEngine(rated.engine)) return told({ skipped: 'rules-only' });
    if (decider.hash === shadow.modelHash) return told({ skipped: 'decided-itself' });
    if (rated.champion.of === 'then' || Date.parse(rated.asOf) < Date.parse(rated.at) - LOOKS_BACK_MS)
      return told({ skipped: 'looks-back' });
    const model = await modelOf(shadow.modelHash);
    const inputs = await inputsOf(rated, model, await modelOf(decider.hash), features);
    if (typeof inputs === 'string') return told({ skipped: inputs });
    const { pd, logOdds } = model.score(inputs.values);
    return told({ pd, logOdds, inputs: inputs.inputs });
  };

  return {
    async scoreNext({ most }, { progress, signal }) {
      const total = { read: 0, scored: 0, skipped: 0, more: false };
      const features = recomputedFeatures({ snapshots, storage, facts });
      try {
        for (const shadow of await shadows.reading()) {
          const batch: ShadowScore[] = [];
          let through = shadow.through;
          let read = 0;
          for await (const record of storedRecords(database, tenant, shadow.through)) {
            signal.throwIfAborted();
            if (shadow.until !== null && record.sequence > shadow.until) break;
            if (read === most) {
              total.more = true;
              break;
            }
            read++;
            through = record.sequence;
            const rated = ratedOf(record);
            if (rated === null || !concerns(shadow, rated)) continue;
            batch.push(await scoreOne(rated, shadow, features));
            progress({ step: 'shadow', message: `record ${record.sequence}` });
          }
          if (through === shadow.through) continue;
          if (!(await scores.store(shadow, through, batch))) continue;
          total.read += read;
          for (const { said } of batch) total['pd' in said ? 'scored' : 'skipped']++;
        }
        return total;
      } finally {
        await features.close();
      }
    },
  };
}

function ready(artefact: AnyArtefact): Model {
  const terms = isDeep(artefact) ? artefact.model.base.terms : artefact.model.terms;
  const scorer = isDeep(artefact) ? compileDeep(artefact) : compile(artefact);
  return {
    artefact,
    terms: new Map(terms.map((term) => [term.name, term])),
    views: artefact.provenance.featureViews,
    score: (values) => scorer.score(values),
  };
}

/** The rating in a record of the chain; null where it is none, or erased. Throws EVIDENCE_ALTERED where it is not what was recorded. */
function ratedOf(record: StoredRecord): Rated | null {
  const { kind, body, sequence, at } = record;
  if (kind !== RATING_KIND || body === null) return null;
  if (!isAsRecorded(record))
    throw new ProbityError('EVIDENCE_ALTERED', `Record ${sequence} is not what the audit chain recorded.`);
  const { engine, inputs, answer, parts } = parseEvidence(Buffer.from(body.bytes).toString('utf8'));
  const read = evidenced.safeParse(inputs);
  const pd = z.object({ pd: z.number() }).safeParse(answer);
  const hash = parts['model'];
  if (!read.success || !pd.success || hash === undefined)
    throw new ProbityError('EVIDENCE_ALTERED', `Record ${sequence} is not the evidence of a rating.`);
  // Not zod's copy, which has no place for a feature named __proto__.
  const { values } = inputs as { readonly values: Rated['values'] };
  return {
    ...read.data,
    values,
    engine,
    sequence,
    ratingId: ratingIdOf(record),
    at,
    decider: { hash, pd: pd.data.pd },
  };
}

/** Whether a rating is of the shadow's slot, and its customer of the shadow's share; who has no identity counts only where all do. */
function concerns({ shadowId, slot, share }: Shadow, { champion, request }: Rated): boolean {
  if (champion.slot !== slotKey(slot)) return false;
  return share === 1 || (request.customerId !== undefined && inShare(shadowId, request.customerId, share));
}

/** A value as evidence would hold it; null: missing. */
function asEvidenced(value: number | string | null | undefined): number | string | null {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
