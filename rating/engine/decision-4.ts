import { ProbityError, type Json } from '../../base/index.ts';
import type { Decision, FactSources } from '../decision/index.ts';
import { explanationOf, type DecisionReason, type ExplainedInput, type Explanation } from '../explanation/explain.ts';
import type { GoodRun } from '../reasons/good-values.ts';
import type { LatePayment } from '../late-payment.ts';
import type { RateableModel } from '../model.ts';
import type { Rating } from '../rate.ts';
import type { LiveRules } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';
import type { TermStructure } from '../term-structure.ts';
import { decideInputs1, decisionAnswer1, parseDecisionInputs1, rulesPart, type DecisionInputs1 } from './decision-1.ts';
import { decideInputs2, decisionAnswer2, evidencedInputs2, parseLateInputs, type LateInputs } from './decision-2.ts';
import {
  decideInputs3,
  decisionAnswer3,
  evidencedInputs3,
  parseTermInputs,
  type LateBeside,
  type TermBeside,
  type TermInputs,
} from './decision-3.ts';
import type { Engine } from './engine.ts';
import type { EvidenceBasis } from './evidence.ts';
import { modelPart, standardsPart } from './rating-1.ts';

/** What this engine computes of inputs; the inputs as they were decided on. */
export interface Decided4 {
  readonly rating: Rating;
  readonly decision: Decision;
  readonly late: LatePayment | null;
  readonly term: TermStructure | null;
  readonly inputs: DecisionInputs1;
  /** The decision with its reasons, which are worked out when they are first looked at. */
  readonly explained: ExplainedInput & { readonly explanation: Explanation };
}

/** What may stand beside the champion. */
export interface Beside {
  readonly late: LateBeside | null;
  readonly term: TermBeside | null;
}

/** The champion alone. */
export const NOTHING_BESIDE: Beside = { late: null, term: null };

/** Rates, decides and explains evidenced inputs, beside the risk of paying late and a term structure where there are such; serving calls the same function as replay does. */
export async function decideInputs4(
  model: RateableModel,
  { late, term }: Beside,
  standards: RatingStandards,
  rules: LiveRules,
  given: DecisionInputs1,
): Promise<Decided4> {
  const decided: Omit<Decided4, 'explained'> =
    term !== null
      ? await decideInputs3(model, { late, term }, standards, rules, given)
      : late !== null
        ? { term: null, ...(await decideInputs2(model, late.model, standards, rules, given, late.inputs)) }
        : { late: null, term: null, inputs: given, ...(await decideInputs1(model, standards, rules, given)) };
  const { rating, decision, inputs } = decided;
  const { values, asOf } = inputs;
  const { request, facts, latePayment } = inputs.decision;
  const input: FactSources = { rating, values, asOf, request, facts, latePayment };
  return { explained: new ExplainedDecision(decision, model, rules, standards, input), ...decided };
}

/** A decision whose reasons are worked out once, when they are first looked at: not every answer tells them. */
class ExplainedDecision implements ExplainedInput {
  readonly decision: Decision;
  readonly model: RateableModel;
  readonly values: FactSources['values'];
  readonly set: LiveRules['set'];
  readonly standards: RatingStandards;
  readonly input: FactSources;
  #explanation: Explanation | null = null;

  constructor(
    decision: Decision,
    model: RateableModel,
    rules: LiveRules,
    standards: RatingStandards,
    input: FactSources,
  ) {
    this.decision = decision;
    this.model = model;
    this.values = input.values;
    this.set = rules.set;
    this.standards = standards;
    this.input = input;
  }

  get explanation(): Explanation {
    return (this.#explanation ??= explanationOf(this));
  }
}

/** Inputs as this engine's evidence holds them: what is computed from them is not among them. */
export function evidencedInputs4(
  inputs: DecisionInputs1,
  late: LateInputs | null,
  term: TermInputs | null,
): DecisionInputs1 {
  if (term !== null) return evidencedInputs3(inputs, late, term);
  return late === null ? inputs : evidencedInputs2(inputs, late);
}

/** The answer as evidence holds it: that of the engines before it, and why it was decided so. */
export function decisionAnswer4(
  basis: EvidenceBasis,
  {
    rating,
    decision,
    late,
    term,
    explanation,
  }: Omit<Decided4, 'inputs' | 'explained'> & {
    readonly explanation: Explanation;
  },
  inputsText?: string,
): Json {
  const reasons = reasonsAnswer(explanation);
  if (term !== null) return decisionAnswer3(basis, { rating, decision, late, term }, inputsText, reasons);
  return late === null
    ? decisionAnswer1(basis, rating, decision, inputsText, {}, reasons)
    : decisionAnswer2(basis, { rating, decision, late }, inputsText, reasons);
}

/** Reasons in figures and names, no texts; keys in the order of canonical JSON. */
function reasonsAnswer({ boundary, distance, reaches, reasons, together }: Explanation): Json {
  return { boundary: boundaryAnswer(boundary), distance, named: reasons.map(reasonAnswer), reaches, together };
}

function boundaryAnswer(boundary: Explanation['boundary']): Json {
  if (boundary.kind === 'grade') return { grade: boundary.grade, kind: boundary.kind, logOdds: boundary.logOdds };
  if (boundary.kind === 'cutoff') return { kind: boundary.kind, logOdds: boundary.logOdds, pd: boundary.pd };
  return { kind: boundary.kind };
}

function reasonAnswer(reason: DecisionReason): Json {
  switch (reason.kind) {
    case 'feature': {
      const { gain, name, points, remedy } = reason;
      return { about: name, gain, good: goodAnswer(remedy.good), kind: 'feature', points, value: remedy.value };
    }
    case 'criterion': {
      const { facts = new Map<string, never>(), gain, points, remedy } = reason;
      const told = Object.fromEntries([...facts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
      return { about: remedy.name, facts: told, gain, kind: 'criterion', points, row: remedy.row };
    }
    case 'rule':
      return { about: reason.cause.code, kind: 'rule', source: reason.cause.source };
    case 'bound':
      return { about: reason.policy.code, kind: 'bound', row: reason.policy.row, table: reason.policy.table };
    default:
      return { about: reason.override.reasonCode, kind: 'override' };
  }
}

const goodAnswer = (good: GoodRun): Json =>
  good.kind === 'range' ? { below: good.below, from: good.from } : { levels: good.levels };

const NAME = 'probity.decision/4';

/** Model, rules and reasons: what was said to have decided is part of the answer. Risk of paying late and term structure stand beside where models of them were live. */
export const decisionEngine4: Engine = {
  name: NAME,
  roles: ['model', 'standards', 'rules'],
  optional: ['late', 'term'],
  async compute(basis, contents) {
    const model = modelPart(contents['model'], basis.parts['model']);
    const standards = standardsPart(contents['standards'], basis.parts['standards']);
    const rules = await rulesPart(contents['rules'], basis.parts['rules'], standards);
    const altered = () => new ProbityError('EVIDENCE_ALTERED', 'The inputs are not those of this decision engine.');
    const { late: lateInputs, term: termInputs, ...rest } = (basis.inputs ?? {}) as { readonly [key: string]: Json };
    const given = parseDecisionInputs1(rest);
    const stands = (role: 'late' | 'term', inputs: Json | undefined): boolean => {
      if ((inputs === undefined) !== (basis.parts[role] === undefined)) throw altered();
      return inputs !== undefined;
    };
    const part = (role: 'late' | 'term') => modelPart(contents[role], basis.parts[role]);
    // JSON.parse made inputs, and they stay the very objects: a copy could lose a feature named __proto__.
    const late = stands('late', lateInputs) ? { model: part('late'), inputs: parseLateInputs(lateInputs) } : null;
    const term = stands('term', termInputs) ? { model: part('term'), inputs: parseTermInputs(termInputs) } : null;
    if (late !== null && given.decision.latePayment !== null) throw altered();
    const decided = await decideInputs4(model, { late, term }, standards, rules, given);
    const { rating, decision, explained, inputs } = decided;
    return {
      rating,
      decision,
      explained,
      rules,
      inputs,
      late: late === null || decided.late === null ? null : { ...late, risk: decided.late },
      term: term === null || decided.term === null ? null : { ...term, structure: decided.term },
      answer: decisionAnswer4({ ...basis, engine: NAME }, { ...decided, explanation: explained.explanation }),
    };
  },
};
