import { z } from 'zod';
import { ProbityError, type Json } from '../../base/index.ts';
import type { Decision } from '../decision/index.ts';
import type { LatePayment } from '../late-payment.ts';
import type { RateableModel } from '../model.ts';
import type { Rating } from '../rate.ts';
import type { LiveRules } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';
import { termStructureOf, type TermStructure } from '../term-structure.ts';
import { decideInputs1, decisionAnswer1, parseDecisionInputs1, rulesPart, type DecisionInputs1 } from './decision-1.ts';
import { decideInputs2, decisionAnswer2, evidencedInputs2, parseLateInputs, type LateInputs } from './decision-2.ts';
import type { Engine } from './engine.ts';
import type { EvidenceBasis } from './evidence.ts';
import { evidencedValues, modelPart, standardsPart, type RatingInputs1 } from './rating-1.ts';

/** What a term structure was computed from. */
export interface TermInputs {
  /** Known values of the features that its model reads, without the age: every age is asked for. */
  readonly values: RatingInputs1['values'];
  /** Which champion told it, and why. */
  readonly champion: RatingInputs1['champion'];
}

const termSchema = z.strictObject({
  values: z.record(z.string(), z.union([z.number(), z.string()])),
  champion: z.strictObject({ slot: z.string(), since: z.string(), of: z.enum(['today', 'then']), why: z.string() }),
});

/** Reads stored inputs of a term structure, the very object; throws EVIDENCE_ALTERED where they are none. */
export function parseTermInputs(inputs: Json | undefined): TermInputs {
  if (termSchema.safeParse(inputs).success) return inputs as unknown as TermInputs;
  throw new ProbityError('EVIDENCE_ALTERED', 'The inputs are not those of this decision engine.');
}

/** Values of a hazard model as evidence holds them: the age, which is no fact of the customer, is left out. */
export function evidencedTermValues(
  model: RateableModel,
  values: Parameters<typeof evidencedValues>[1],
): RatingInputs1['values'] {
  const { ages } = model.artefact.target;
  return evidencedValues(model, ages === undefined ? values : { ...values, [ages.term]: null });
}

/** A model of late payment that stands beside, and what it is asked. */
export interface LateBeside {
  readonly model: RateableModel;
  readonly inputs: LateInputs;
}

/** A hazard model that stands beside, and what it is asked. */
export interface TermBeside {
  readonly model: RateableModel;
  readonly inputs: TermInputs;
}

/** What this engine computes of inputs; the inputs as they were decided on. */
export interface Decided3 {
  readonly rating: Rating;
  readonly decision: Decision;
  readonly late: LatePayment | null;
  readonly term: TermStructure;
  readonly inputs: DecisionInputs1;
}

/** Rates and decides evidenced inputs beside a term structure, which nothing reads, and the risk of paying late where there is one; serving calls the same function as replay does. */
export async function decideInputs3(
  model: RateableModel,
  { late, term }: { readonly late: LateBeside | null; readonly term: TermBeside },
  standards: RatingStandards,
  rules: LiveRules,
  given: DecisionInputs1,
): Promise<Decided3> {
  const structure = termStructureOf(term.model, term.inputs.values);
  const decided =
    late === null
      ? { ...(await decideInputs1(model, standards, rules, given)), late: null, inputs: given }
      : await decideInputs2(model, late.model, standards, rules, given, late.inputs);
  return { ...decided, term: structure };
}

/** Inputs as this engine's evidence holds them: what is computed from them is not among them. */
export function evidencedInputs3(
  inputs: DecisionInputs1,
  late: LateInputs | null,
  term: TermInputs,
): DecisionInputs1 & { readonly late?: LateInputs; readonly term: TermInputs } {
  return { ...(late === null ? inputs : evidencedInputs2(inputs, late)), term };
}

/** The answer as evidence holds it: that of the engine without a term structure, and the term structure. */
export function decisionAnswer3(
  basis: EvidenceBasis,
  { rating, decision, late, term }: Omit<Decided3, 'inputs'>,
  inputsText?: string,
  reasons?: Json,
): Json {
  const answer =
    late === null
      ? decisionAnswer1(basis, rating, decision, inputsText, {}, reasons)
      : decisionAnswer2(basis, { rating, decision, late }, inputsText, reasons);
  const { stepMonths, longestMonths, points } = term;
  const told = { longestMonths, points: points.map(({ months, pd }) => ({ months, pd })), stepMonths };
  return { ...(answer as { readonly [key: string]: Json }), termStructure: told };
}

const NAME = 'probity.decision/3';

/** The decision engines before it, and beside them a term structure by a hazard model of its own; the risk of paying late where a model of it was live. */
export const decisionEngine3: Engine = {
  name: NAME,
  roles: ['model', 'standards', 'rules', 'term'],
  optional: ['late'],
  async compute(basis, contents) {
    const model = modelPart(contents['model'], basis.parts['model']);
    const standards = standardsPart(contents['standards'], basis.parts['standards']);
    const rules = await rulesPart(contents['rules'], basis.parts['rules'], standards);
    const termModel = modelPart(contents['term'], basis.parts['term']);
    const altered = () => new ProbityError('EVIDENCE_ALTERED', 'The inputs are not those of this decision engine.');
    const { late: lateInputs, term: termInputs, ...rest } = (basis.inputs ?? {}) as { readonly [key: string]: Json };
    const given = parseDecisionInputs1(rest);
    const ofTerm = parseTermInputs(termInputs);
    if ((lateInputs === undefined) !== (basis.parts['late'] === undefined)) throw altered();
    if (lateInputs !== undefined && given.decision.latePayment !== null) throw altered();
    // JSON.parse made them, and they stay the very objects: a copy could lose a feature named __proto__.
    const late =
      lateInputs === undefined
        ? null
        : { model: modelPart(contents['late'], basis.parts['late']), inputs: parseLateInputs(lateInputs) };
    const term = { model: termModel, inputs: ofTerm };
    const decided = await decideInputs3(model, { late, term }, standards, rules, given);
    const { rating, decision, inputs } = decided;
    return {
      rating,
      decision,
      explained: { decision, model, values: inputs.values, set: rules.set, standards },
      rules,
      inputs,
      late: late === null || decided.late === null ? null : { ...late, risk: decided.late },
      term: { ...term, structure: decided.term },
      answer: decisionAnswer3({ ...basis, engine: NAME }, decided),
    };
  },
};
