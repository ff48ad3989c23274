/** The rules of the model registry: slots, candidates and their decisions, as pure functions. `records/registry` stores them. */
export * from './candidate.ts';
export * from './slot.ts';
