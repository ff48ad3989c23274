/** From a rating and the rules to a decision: outcome, limit, terms, price floor, and what brought it about. */
export * from './changed.ts';
export * from './decide.ts';
export * from './decision.ts';
export * from './effect.ts';
export * from './fact-names.ts';
export * from './facts.ts';
export * from './limit.ts';
export * from './matrix-inputs.ts';
export * from './missing-facts.ts';
export * from './money.ts';
export * from './texts.ts';
export * from './validity.ts';
