/** Measures of a default model, as pure functions: scores or PDs by row (higher means worse), outcomes 0 or 1, weights or null. */
export * from './accuracy.ts';
export * from './calibration.ts';
export * from './clustered.ts';
export * from './delong.ts';
export * from './normal.ts';
export * from './roc.ts';
export * from './stability.ts';
