import { z } from 'zod';
import { ProbityError, type Json } from '../../base/index.ts';
import type { RulesOnlyStanding } from '../rules-only.ts';
import { rulesOnlyModel } from '../rules-only.ts';
import { decideInputs1, decisionAnswer1, parseDecisionInputs1, rulesPart, type DecisionInputs1 } from './decision-1.ts';
import type { Engine } from './engine.ts';
import type { EvidenceBasis } from './evidence.ts';
import { modelPart, standardsPart } from './rating-1.ts';

const schema = z.strictObject({ since: z.iso.datetime(), reportId: z.string().nullable() });

/** Inputs as this engine's evidence holds them: those of a decision, and since when no model rates. */
export function evidencedRulesOnly(
  inputs: DecisionInputs1,
  { reportId, since }: RulesOnlyStanding,
): DecisionInputs1 & { readonly rulesOnly: RulesOnlyStanding } {
  return { ...inputs, rulesOnly: { reportId, since } };
}

/** Reads stored inputs of a decision by rules alone; throws EVIDENCE_ALTERED where they are none. */
export function parseRulesOnly(basis: EvidenceBasis): {
  readonly inputs: DecisionInputs1;
  readonly standing: RulesOnlyStanding;
} {
  const { rulesOnly, ...rest } = (basis.inputs ?? {}) as { readonly [key: string]: Json };
  const standing = schema.safeParse(rulesOnly);
  if (!standing.success)
    throw new ProbityError('EVIDENCE_ALTERED', 'The inputs are not those of this decision engine.');
  return { inputs: parseDecisionInputs1(rest), standing: standing.data };
}

const NAME = 'probity.rules-only/1';

/**
 * Decides by rules alone: the model in the evidence lends the PD of its population and nothing else (`rulesOnlyModel`). Nothing stands beside: models of late payment and
 * hazard models are not asked either.
 */
export const rulesOnlyEngine1: Engine = {
  name: NAME,
  roles: ['model', 'standards', 'rules'],
  async compute(basis, contents) {
    const of = modelPart(contents['model'], basis.parts['model']);
    const model = rulesOnlyModel(of);
    const standards = standardsPart(contents['standards'], basis.parts['standards']);
    const rules = await rulesPart(contents['rules'], basis.parts['rules'], standards);
    const { inputs, standing } = parseRulesOnly(basis);
    const { rating, decision } = await decideInputs1(model, standards, rules, inputs);
    return {
      rating,
      decision,
      explained: { decision, model, values: inputs.values, set: rules.set, standards },
      rules,
      inputs,
      rulesOnly: { of, standing },
      answer: decisionAnswer1({ ...basis, engine: NAME }, rating, decision),
    };
  },
};
