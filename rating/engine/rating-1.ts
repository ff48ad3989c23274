import { z } from 'zod';
import { canonicalJson, contentHash, ProbityError, type Json } from '../../base/index.ts';
import { artefactHash, validateArtefact, type FeatureValues } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import type { IncompleteSource, StaleSource, WithheldFeature } from '../flags.ts';
import { rateableModel, type RateableModel } from '../model.ts';
import { rate, type Rating } from '../rate.ts';
import type { ArmChoice } from '../slots.ts';
import { parseStandards, type RatingStandards } from '../standards.ts';
import type { Engine } from './engine.ts';
import { basisOf, type EvidenceBasis } from './evidence.ts';

/** What a rating was asked for and computed from. */
export interface RatingInputs1 {
  /** The request as it was understood, without its features. */
  readonly request: { readonly [key: string]: Json | undefined };
  readonly asOf: string;
  /** Known values of the features that the model reads; one that is not here was missing. */
  readonly values: { readonly [feature: string]: number | string };
  readonly horizonMonths: number;
  readonly staleSources: readonly StaleSource[];
  readonly incompleteSources: readonly IncompleteSource[];
  /** Features that were not used for want of a legal basis, and for which source tables; absent: none. */
  readonly withheld?: readonly WithheldFeature[];
  /** Which champion rated, and why. */
  readonly champion: {
    readonly slot: string;
    readonly since: string;
    readonly of: 'today' | 'then';
    readonly why: string;
    /** Where a challenger decides for a share of the slot's customers: in which arm this one is. Absent: they were not split. */
    readonly arm?: ArmChoice;
  };
  /** What the features were computed from; null: they came in the request. */
  readonly snapshot: {
    readonly snapshotId: string;
    readonly snapshotAsOf: string;
    readonly factsThrough: number;
  } | null;
}

const schema = z.strictObject({
  request: z.record(z.string(), z.json()),
  asOf: z.iso.datetime(),
  values: z.record(z.string(), z.union([z.number(), z.string()])),
  horizonMonths: z.int(),
  staleSources: z.array(
    z.strictObject({ source: z.string(), lastKnown: z.string().nullable(), expectedDays: z.number() }),
  ),
  incompleteSources: z.array(z.strictObject({ source: z.string(), columns: z.array(z.string()) })),
  withheld: z
    .array(z.strictObject({ feature: z.string(), source: z.string() }))
    .min(1)
    .exactOptional(),
  champion: z.strictObject({
    slot: z.string(),
    since: z.string(),
    of: z.enum(['today', 'then']),
    why: z.string(),
    arm: z
      .strictObject({ splitId: z.string(), share: z.number(), arm: z.enum(['champion', 'challenger']) })
      .exactOptional(),
  }),
  // In the order of canonical JSON, so that an answer from evidence has the bytes of the first one.
  snapshot: z.strictObject({ factsThrough: z.int(), snapshotAsOf: z.string(), snapshotId: z.string() }).nullable(),
});

const NONE: readonly string[] = [];

/** Values as evidence holds them and the engine rates them: what the model, and by `more` the rules, read and JSON can hold. NaN is missing, infinities are texts. */
export function evidencedValues(
  model: RateableModel,
  values: FeatureValues,
  more: readonly string[] = NONE,
): RatingInputs1['values'] {
  const kept: Record<string, number | string> = Object.create(null) as Record<string, number | string>;
  for (const name of evidencedNames(model, more)) {
    const value = Object.hasOwn(values, name) ? values[name] : null;
    if (value === null || value === undefined || Number.isNaN(value)) continue;
    kept[name] = typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  }
  return kept;
}

/** Names that were asked for last with a model: rules ask for the same ones each time. */
const lastNames = new WeakMap<RateableModel, { readonly more: readonly string[]; readonly names: readonly string[] }>();

function evidencedNames(model: RateableModel, more: readonly string[]): readonly string[] {
  const last = lastNames.get(model);
  if (last?.more === more) return last.names;
  // In the order of canonical JSON.
  const names = [...new Set([...model.artefact.model.terms.map(({ name }) => name), ...more])].sort();
  lastNames.set(model, { more, names });
  return names;
}

/** Rates evidenced inputs; serving calls the same function as replay does. */
export function rateInputs1(
  model: RateableModel,
  standards: RatingStandards,
  inputs: Pick<RatingInputs1, 'values' | 'horizonMonths' | 'staleSources' | 'incompleteSources' | 'withheld'>,
): Rating {
  const { values, horizonMonths, staleSources, incompleteSources, withheld } = inputs;
  return rate(model, standards, { values, horizonMonths, staleSources, incompleteSources, withheld });
}

/** Reads stored inputs; throws EVIDENCE_ALTERED where they are not those of this engine. */
export function parseInputs1(inputs: Json): RatingInputs1 {
  const parsed = schema.safeParse(inputs);
  if (!parsed.success) throw new ProbityError('EVIDENCE_ALTERED', 'The inputs are not those of this rating engine.');
  // Not zod's copy, which has no place for a feature named __proto__.
  const values = Object.create(null) as Record<string, number | string>;
  return { ...parsed.data, values: Object.assign(values, (inputs as unknown as RatingInputs1).values) };
}

/** What later engines answer beside the first one. */
export interface AnsweredBeside {
  readonly decision?: Json;
  readonly latePayment?: Json;
}

/**
 * The answer as evidence holds it: figures and names; texts are made from the rating in any language. `inputsText`: canonical JSON of the inputs.
 * Keys stand in the order of canonical JSON, here and in what is answered beside, so that it is written at once.
 */
export function answer1(
  basis: EvidenceBasis,
  rating: Rating,
  inputsText: string = canonicalJson(basis.inputs),
  { decision, latePayment }: AnsweredBeside = {},
): Json {
  const { values, withheld } = basis.inputs as unknown as RatingInputs1;
  return {
    basis: basisOf(basis, inputsText),
    contributions: rating.contributionValues,
    ...(decision === undefined ? {} : { decision }),
    features: contentHash(values),
    flags: rating.flags.map(({ code, about, features }) => ({
      about,
      code,
      features: features.map(({ name }) => name),
    })),
    grade: rating.grade.code,
    horizonMonths: rating.horizonMonths,
    intercept: rating.intercept,
    ...(latePayment === undefined ? {} : { latePayment }),
    logOdds: rating.logOdds,
    missing: rating.missing,
    pd: rating.pd,
    reasons: rating.reasons.map(({ features, pointsLost }) => ({
      features: features.map(({ name }) => name),
      pointsLost,
    })),
    score: rating.score,
    standards: rating.standards,
    ...(withheld === undefined ? {} : { withheld: withheld as unknown as Json }),
  };
}

/** Artefacts and standards that were checked and compiled, by the very objects that hold them. */
const models = new WeakMap<object, RateableModel>();
const standardsSeen = new WeakMap<object, { readonly hash: string; readonly standards: RatingStandards }>();

/** The model in a part; throws EVIDENCE_ALTERED where it has another hash. */
export function modelPart(content: unknown, hash: string | undefined): RateableModel {
  if (typeof content !== 'object' || content === null) throw altered('model');
  let model = models.get(content);
  if (model === undefined) {
    const artefact = validateArtefact(content);
    model = rateableModel(compile(artefact), artefactHash(artefact));
    models.set(content, model);
  }
  if (model.hash !== hash) throw altered('model');
  return model;
}

/** The standards in a part; throws EVIDENCE_ALTERED where they have another hash. */
export function standardsPart(content: unknown, hash: string | undefined): RatingStandards {
  if (typeof content !== 'object' || content === null) throw altered('standards');
  let seen = standardsSeen.get(content);
  if (seen === undefined) {
    seen = { hash: contentHash(content as Json), standards: parseStandards(content) };
    standardsSeen.set(content, seen);
  }
  if (seen.hash !== hash) throw altered('standards');
  return seen.standards;
}

function altered(role: string): ProbityError {
  return new ProbityError('EVIDENCE_ALTERED', `The ${role} is not the one that rated: its hash is another.`);
}

const NAME = 'probity.rating/1';

/** Model and standards alone: scores, grades and explains. */
export const ratingEngine1: Engine = {
  name: NAME,
  roles: ['model', 'standards'],
  async compute(basis, contents) {
    const model = modelPart(contents['model'], basis.parts['model']);
    const standards = standardsPart(contents['standards'], basis.parts['standards']);
    const inputs = parseInputs1(basis.inputs);
    const rating = rateInputs1(model, standards, inputs);
    const answer = answer1({ ...basis, engine: NAME }, rating);
    return { rating, decision: null, explained: null, rules: null, inputs, answer };
  },
};
