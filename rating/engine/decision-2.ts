import { z } from 'zod';
import { ProbityError, type Json } from '../../base/index.ts';
import type { Decision } from '../decision/index.ts';
import { latePaymentOf, type LatePayment } from '../late-payment.ts';
import type { RateableModel } from '../model.ts';
import type { Rating } from '../rate.ts';
import type { LiveRules } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';
import { decideInputs1, decisionAnswer1, parseDecisionInputs1, rulesPart, type DecisionInputs1 } from './decision-1.ts';
import type { Engine } from './engine.ts';
import type { EvidenceBasis } from './evidence.ts';
import { modelPart, standardsPart, type RatingInputs1 } from './rating-1.ts';

/** What the risk of paying late was computed from. */
export interface LateInputs {
  /** Known values of the features that its model reads. */
  readonly values: RatingInputs1['values'];
  readonly lateDays: number;
  readonly horizonMonths: number;
  /** Which champion told it, and why. */
  readonly champion: RatingInputs1['champion'];
}

const lateSchema = z.strictObject({
  values: z.record(z.string(), z.union([z.number(), z.string()])),
  lateDays: z.int().min(1),
  horizonMonths: z.int().min(1),
  champion: z.strictObject({
    slot: z.string(),
    since: z.string(),
    of: z.enum(['today', 'then']),
    why: z.string(),
  }),
});

/** Reads stored inputs of the risk of paying late, the very object; throws EVIDENCE_ALTERED where they are none. */
export function parseLateInputs(inputs: Json | undefined): LateInputs {
  if (lateSchema.safeParse(inputs).success) return inputs as unknown as LateInputs;
  throw new ProbityError('EVIDENCE_ALTERED', 'The inputs are not those of this decision engine.');
}

/** Decision, rating and late payment of inputs; the inputs as they were decided on, the risk among them. */
export interface Decided2 {
  readonly rating: Rating;
  readonly decision: Decision;
  readonly late: LatePayment;
  readonly inputs: DecisionInputs1;
}

/** Rates and decides evidenced inputs beside the risk of paying late, which rules may read (`late.pd`) and nothing else; serving calls the same function as replay does. */
export async function decideInputs2(
  model: RateableModel,
  lateModel: RateableModel,
  standards: RatingStandards,
  rules: LiveRules,
  given: DecisionInputs1,
  lateInputs: LateInputs,
): Promise<Decided2> {
  const late = latePaymentOf(lateModel, standards, lateInputs);
  const { probability, horizonMonths, model: of } = late;
  const inputs = { ...given, decision: { ...given.decision, latePayment: { probability, horizonMonths, model: of } } };
  return { ...(await decideInputs1(model, standards, rules, inputs)), late, inputs };
}

/** Inputs as this engine's evidence holds them: the risk is computed from them, so it is not among them. */
export function evidencedInputs2(
  { decision, ...rest }: DecisionInputs1,
  late: LateInputs,
): DecisionInputs1 & { readonly late: LateInputs } {
  return { ...rest, decision: { ...decision, latePayment: null }, late };
}

/** The answer as evidence holds it: the first engine's, and the risk of paying late. */
export function decisionAnswer2(
  basis: EvidenceBasis,
  { rating, decision, late }: Pick<Decided2, 'rating' | 'decision' | 'late'>,
  inputsText?: string,
  decisionReasons?: Json,
): Json {
  const { lateDays, horizonMonths, probability, logOdds, contributions, reasons } = late;
  const told = {
    contributions,
    horizonMonths,
    lateDays,
    logOdds,
    probability,
    reasons: reasons.map(({ features, pointsLost }) => ({ features: features.map(({ name }) => name), pointsLost })),
  };
  return decisionAnswer1(
    basis,
    rating,
    decision,
    inputsText,
    { latePayment: told as unknown as Json },
    decisionReasons,
  );
}

const NAME = 'probity.decision/2';

/** The first decision engine, and beside it the risk of paying late by a model of its own. */
export const decisionEngine2: Engine = {
  name: NAME,
  roles: ['model', 'standards', 'rules', 'late'],
  async compute(basis, contents) {
    const model = modelPart(contents['model'], basis.parts['model']);
    const standards = standardsPart(contents['standards'], basis.parts['standards']);
    const rules = await rulesPart(contents['rules'], basis.parts['rules'], standards);
    const lateModel = modelPart(contents['late'], basis.parts['late']);
    const { late: stored, ...rest } = (basis.inputs ?? {}) as { readonly [key: string]: Json };
    // JSON.parse made them, and they stay the very objects: a copy could lose a feature named __proto__.
    const lateInputs = parseLateInputs(stored);
    const given = parseDecisionInputs1(rest);
    if (given.decision.latePayment !== null)
      throw new ProbityError('EVIDENCE_ALTERED', 'The inputs are not those of this decision engine.');
    const decided = await decideInputs2(model, lateModel, standards, rules, given, lateInputs);
    const { rating, decision, late, inputs } = decided;
    const explained = { decision, model, values: inputs.values, set: rules.set, standards };
    const answer = decisionAnswer2({ ...basis, engine: NAME }, decided);
    return {
      rating,
      decision,
      explained,
      rules,
      inputs,
      late: { model: lateModel, risk: late, inputs: lateInputs },
      answer,
    };
  },
};
