/** The rules of the model registry: slots, candidates and their decisions, shadows and traffic splits, as pure functions. `records/registry` stores them. */
export * from './arm.ts';
export * from './candidate.ts';
export * from './slot.ts';
export * from './trial.ts';
