/** Measures of a default model, as pure functions: scores or PDs by row (higher means worse), outcomes 0 or 1, weights or null. */
export * from './delong.ts';
export * from './normal.ts';
export * from './roc.ts';
