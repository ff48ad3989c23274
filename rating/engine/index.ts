/** Ratings as evidence: engines are versioned pure functions, evidence names the engine, inputs and parts of an answer, replay recomputes it. */
export {
  decideInputs1,
  decisionAnswer1,
  decisionEngine1,
  featuresAskedFor,
  parseDecisionInputs1,
  type DecisionInputs1,
} from './decision-1.ts';
export {
  decideInputs2,
  decisionAnswer2,
  decisionEngine2,
  evidencedInputs2,
  type Decided2,
  type LateInputs,
} from './decision-2.ts';
export {
  decideInputs3,
  decisionAnswer3,
  decisionEngine3,
  evidencedInputs3,
  evidencedTermValues,
  type Decided3,
  type LateBeside,
  type TermBeside,
  type TermInputs,
} from './decision-3.ts';
export {
  decideInputs4,
  decisionAnswer4,
  evidencedInputs4,
  NOTHING_BESIDE,
  type Beside,
  type Decided4,
} from './decision-4.ts';
export * from './engine.ts';
export * from './evidence.ts';
export { answer1, evidencedValues, parseInputs1, rateInputs1, ratingEngine1, type RatingInputs1 } from './rating-1.ts';
export * from './replay.ts';
export { evidencedRulesOnly, rulesOnlyEngine1 } from './rules-only-1.ts';
export { rulesOnlyEngine2 } from './rules-only-2.ts';
