/** Measures of a default model, as pure functions: scores or PDs by row (higher means worse), outcomes 0 or 1, weights or null. */
export * from './accuracy.ts';
export * from './auc-score.ts';
export * from './beta.ts';
export * from './calibration.ts';
export * from './clustered.ts';
export * from './concentration.ts';
export * from './delong.ts';
export * from './grade-tests.ts';
export * from './h-measure.ts';
export * from './migration.ts';
export * from './normal.ts';
export * from './power.ts';
export * from './profit.ts';
export * from './proportions.ts';
export * from './roc.ts';
export * from './spiegelhalter.ts';
export * from './stability.ts';
