import { rulesOnlyModel } from '../rules-only.ts';
import { rulesPart } from './decision-1.ts';
import { decideInputs4, decisionAnswer4, NOTHING_BESIDE } from './decision-4.ts';
import type { Engine } from './engine.ts';
import { modelPart, standardsPart } from './rating-1.ts';
import { parseRulesOnly } from './rules-only-1.ts';

const NAME = 'probity.rules-only/2';

/** Decides by rules alone as `rulesOnlyEngine1` does; why it was decided so is part of the answer, as in `probity.decision/4`. */
export const rulesOnlyEngine2: Engine = {
  name: NAME,
  roles: ['model', 'standards', 'rules'],
  async compute(basis, contents) {
    const of = modelPart(contents['model'], basis.parts['model']);
    const standards = standardsPart(contents['standards'], basis.parts['standards']);
    const rules = await rulesPart(contents['rules'], basis.parts['rules'], standards);
    const { inputs: given, standing } = parseRulesOnly(basis);
    const decided = await decideInputs4(rulesOnlyModel(of), NOTHING_BESIDE, standards, rules, given);
    const { rating, decision, explained, inputs } = decided;
    const answer = decisionAnswer4({ ...basis, engine: NAME }, { ...decided, explanation: explained.explanation });
    return { rating, decision, explained, rules, inputs, rulesOnly: { of, standing }, answer };
  },
};
