/** Ratings as evidence: engines are versioned pure functions, evidence names the engine, inputs and parts of an answer, replay recomputes it. */
export * from './engine.ts';
export * from './evidence.ts';
export { answer1, evidencedValues, parseInputs1, rateInputs1, type RatingInputs1 } from './rating-1.ts';
export * from './replay.ts';
