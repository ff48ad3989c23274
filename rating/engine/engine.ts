import { ProbityError, type Json } from '../../base/index.ts';
import type { Decision } from '../decision/index.ts';
import type { Explained } from '../explanation/explain.ts';
import type { LatePayment } from '../late-payment.ts';
import type { RateableModel } from '../model.ts';
import type { Rating } from '../rate.ts';
import type { LiveRules } from '../rules/index.ts';
import type { RulesOnlyStanding } from '../rules-only.ts';
import type { TermStructure } from '../term-structure.ts';
import { decisionEngine1, type DecisionInputs1 } from './decision-1.ts';
import { decisionEngine2, type LateInputs } from './decision-2.ts';
import { decisionEngine3, type TermInputs } from './decision-3.ts';
import { decisionEngine4 } from './decision-4.ts';
import type { EvidenceBasis } from './evidence.ts';
import { ratingEngine1, type RatingInputs1 } from './rating-1.ts';
import { rulesOnlyEngine1 } from './rules-only-1.ts';
import { rulesOnlyEngine2 } from './rules-only-2.ts';

/** The parts that an engine computes with, by role, as they are stored; the engine checks that each has its hash. */
export type PartContents = { readonly [role: string]: unknown };

/** A risk of paying late with all that it was computed from. */
export interface ComputedLate {
  readonly model: RateableModel;
  readonly risk: LatePayment;
  readonly inputs: LateInputs;
}

/** A term structure with all that it was computed from. */
export interface ComputedTerm {
  readonly model: RateableModel;
  readonly structure: TermStructure;
  readonly inputs: TermInputs;
}

/** Why no model rated, and the model whose population's PD stood in. */
export interface ComputedRulesOnly {
  readonly of: RateableModel;
  readonly standing: RulesOnlyStanding;
}

/** What an engine computes: the answer as evidence holds it, and what it is made of, for rendering. */
export interface Computed {
  readonly answer: Json;
  readonly rating: Rating;
  /** Null for engines that rate and do not decide. */
  readonly decision: Decision | null;
  /** The decision with all that its reasons are a function of; null where there is none. */
  readonly explained: Explained | null;
  /** The rules that decided, ready; null where nothing was decided. */
  readonly rules: LiveRules | null;
  readonly inputs: RatingInputs1 | DecisionInputs1;
  /** The risk of paying late, where the engine computes one and a model of it was live. */
  readonly late?: ComputedLate | null;
  /** The term structure, where the engine computes one. */
  readonly term?: ComputedTerm | null;
  /** Where rules alone rated. */
  readonly rulesOnly?: ComputedRulesOnly | null;
}

/**
 * A version of how ratings are computed: a pure function of inputs and parts, kept for ever. A change of what it computes, to the last
 * bit, is a new engine with a new name; the corpus of old ratings (test/ratings-corpus) proves that the old ones still answer the same.
 */
export interface Engine {
  readonly name: string;
  /** The roles of the parts that it needs. */
  readonly roles: readonly string[];
  /** The roles of parts that it computes with where the evidence names them. */
  readonly optional?: readonly string[];
  /** Throws EVIDENCE_ALTERED where inputs or parts are not what they must be. */
  compute(basis: EvidenceBasis, contents: PartContents): Promise<Computed>;
}

/** Every engine that ever rated, by name. */
export const ENGINES: ReadonlyMap<string, Engine> = new Map(
  [
    ratingEngine1,
    decisionEngine1,
    decisionEngine2,
    decisionEngine3,
    decisionEngine4,
    rulesOnlyEngine1,
    rulesOnlyEngine2,
  ].map((engine) => [engine.name, engine]),
);

/** The engine that rates today. */
export const PRESENT_ENGINE = decisionEngine4;

/** The engine that rates today where the slot rates by rules alone. */
export const PRESENT_RULES_ONLY = rulesOnlyEngine2;

/** Whether no model rated, but rules alone. */
export function isRulesOnlyEngine(engine: string): boolean {
  return engine === rulesOnlyEngine1.name || engine === rulesOnlyEngine2.name;
}

/** The engine of that name; throws ENGINE_UNKNOWN. */
export function engineNamed(name: string): Engine {
  const engine = ENGINES.get(name);
  if (engine === undefined)
    throw new ProbityError('ENGINE_UNKNOWN', 'The evidence names a rating engine that this version does not have.');
  return engine;
}
