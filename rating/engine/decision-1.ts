import { z } from 'zod';
import { ProbityError, type Json } from '../../base/index.ts';
import {
  decide,
  type CustomerFacts,
  type Decision,
  type DecisionRequest,
  type LatePaymentRisk,
} from '../decision/index.ts';
import type { RateableModel } from '../model.ts';
import type { Rating } from '../rate.ts';
import { openRecordedRules, type LiveRules, type RuleFiles } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';
import type { Engine } from './engine.ts';
import type { EvidenceBasis } from './evidence.ts';
import {
  answer1,
  modelPart,
  parseInputs1,
  rateInputs1,
  standardsPart,
  type AnsweredBeside,
  type RatingInputs1,
} from './rating-1.ts';

/** What a decision was asked for and computed from, beside the rating's own inputs. */
export interface DecisionInputs1 extends RatingInputs1 {
  readonly decision: {
    readonly request: DecisionRequest;
    readonly facts: CustomerFacts;
    readonly latePayment: LatePaymentRisk | null;
    /** Which program ran the tables, and its version: recorded, not computed. */
    readonly tables: string;
  };
}

const amount = z.int().nullable();
const schema = z.strictObject({
  request: z.strictObject({ amountMinor: amount, termDays: z.int().nullable(), purpose: z.string().nullable() }),
  facts: z.strictObject({
    kind: z.enum(['person', 'company']).nullable(),
    segment: z.string().nullable(),
    age: z.number().nullable(),
    sanctionsHit: z.boolean().nullable(),
    documentsMissing: z.array(z.string()).nullable(),
    existingExposureMinor: amount,
    overdueMinor: amount,
    guaranteeOffered: z.boolean().nullable(),
  }),
  latePayment: z
    .strictObject({
      probability: z.number(),
      horizonMonths: z.int(),
      model: z.strictObject({ name: z.string(), hash: z.string() }),
    })
    .nullable(),
  tables: z.string(),
});

/** Reads stored inputs; throws EVIDENCE_ALTERED where they are not those of this engine. */
export function parseDecisionInputs1(inputs: Json): DecisionInputs1 {
  const { decision, ...rest } = (inputs ?? {}) as { readonly decision?: unknown } & { readonly [key: string]: Json };
  const parsed = schema.safeParse(decision);
  if (!parsed.success) throw new ProbityError('EVIDENCE_ALTERED', 'The inputs are not those of this decision engine.');
  return { ...parseInputs1(rest), decision: parsed.data };
}

/** Names of features that the rules ask for, which are evidenced beside those of the model. */
export function featuresAskedFor({ set }: Pick<LiveRules, 'set'>): readonly string[] {
  let asked = askedFor.get(set);
  if (asked === undefined) askedFor.set(set, (asked = namesAskedFor(set)));
  return asked;
}

const askedFor = new WeakMap<LiveRules['set'], readonly string[]>();

function namesAskedFor(set: LiveRules['set']): readonly string[] {
  const prefix = 'features.';
  const asked = [...set.fields.values()].flatMap(({ name }) =>
    name.startsWith(prefix) ? name.slice(prefix.length) : [],
  );
  const { feature } = set.regimes.industry;
  return feature === null ? asked : [...asked, feature];
}

/** Rates and decides evidenced inputs; serving calls the same function as replay does. */
export async function decideInputs1(
  model: RateableModel,
  standards: RatingStandards,
  rules: LiveRules,
  inputs: DecisionInputs1,
): Promise<{ readonly rating: Rating; readonly decision: Decision }> {
  const rating = rateInputs1(model, standards, inputs);
  const { values, asOf } = inputs;
  const { request, facts, latePayment, tables } = inputs.decision;
  const decision = await decide({ rating, values, asOf, request, facts, latePayment }, { standards, rules });
  return { rating, decision: { ...decision, evidence: { ...decision.evidence, engine: tables } } };
}

/** The answer as evidence holds it: the rating's, and what was decided; figures and names, no texts. Keys in the order of canonical JSON. */
export function decisionAnswer1(
  basis: EvidenceBasis,
  rating: Rating,
  decision: Decision,
  inputsText?: string,
  beside: Omit<AnsweredBeside, 'decision'> = {},
  reasons?: Json,
): Json {
  const { blend, policy, warnings, causes, criteria } = decision;
  const decided = {
    causes: causes.map(({ binding, code, missing, outcome, source }) => ({ binding, code, missing, outcome, source })),
    criteria: criteria.map(({ logOdds, name, points, row }) => ({ logOdds, name, points, row })),
    currency: decision.currency,
    grade: decision.grade.code,
    limit: decision.limit,
    logOdds: decision.logOdds,
    loss: decision.evidence.loss,
    missing: decision.missing,
    outcome: decision.outcome,
    parts: blend.parts.map((part) => part.logOdds),
    pd: decision.pd,
    policy: policy.map(({ code, outcome, row, table }) => ({ code, outcome, row, table })),
    priceFloor: decision.priceFloor,
    ...(reasons === undefined ? {} : { reasons }),
    regimes: decision.evidence.regimes,
    score: decision.score,
    terms: decision.terms,
    validUntil: decision.validUntil,
    warnings: warnings.map(({ code, row, table }) => ({ code, row, table })),
  };
  return answer1(basis, rating, inputsText, { ...beside, decision: decided as unknown as Json });
}

/** Rule sets that were checked and prepared, by the very objects that hold their files. */
const ruleSets = new WeakMap<object, Promise<LiveRules>>();

/** The rules in a part, ready; throws EVIDENCE_ALTERED where they have another hash. */
export async function rulesPart(
  content: unknown,
  hash: string | undefined,
  standards: RatingStandards,
): Promise<LiveRules> {
  const altered = () =>
    new ProbityError('EVIDENCE_ALTERED', 'The rules are not those that decided: their hash is another.');
  if (typeof content !== 'object' || content === null) throw altered();
  let opened = ruleSets.get(content);
  if (opened === undefined) {
    opened = openRecordedRules(content as RuleFiles, standards.masterScale);
    ruleSets.set(content, opened);
  }
  const rules = await opened;
  if (rules.set.hash !== hash) throw altered();
  return rules;
}

const NAME = 'probity.decision/1';

/** Model and rules: scores, blends, decides, sets limit and terms. */
export const decisionEngine1: Engine = {
  name: NAME,
  roles: ['model', 'standards', 'rules'],
  async compute(basis, contents) {
    const model = modelPart(contents['model'], basis.parts['model']);
    const standards = standardsPart(contents['standards'], basis.parts['standards']);
    const rules = await rulesPart(contents['rules'], basis.parts['rules'], standards);
    const inputs = parseDecisionInputs1(basis.inputs);
    const { rating, decision } = await decideInputs1(model, standards, rules, inputs);
    const explained = { decision, model, values: inputs.values, set: rules.set, standards };
    const answer = decisionAnswer1({ ...basis, engine: NAME }, rating, decision);
    return { rating, decision, explained, rules, inputs, answer };
  },
};
