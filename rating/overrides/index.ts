/** Overrides and verdicts of cases: who may put what in the place of a decision, for how long, and what came of it against what the model would have done. */
export * from './carry.ts';
export * from './in-force.ts';
export * from './law.ts';
export * from './measure.ts';
export * from './override.ts';
export * from './policy.ts';
export * from './reviewed.ts';
export * from './verdict.ts';
