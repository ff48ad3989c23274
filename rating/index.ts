/** What do we decide, and why? Ratings are pure functions of feature values, a compiled model, and standards that are data. */
export * from './cases/index.ts';
export * from './engine/index.ts';
export * from './flags.ts';
export * from './master-scale.ts';
export * from './model.ts';
export * from './points.ts';
export * from './policy.ts';
export * from './rate.ts';
export * from './reasons/good-values.ts';
export * from './reasons/reasons.ts';
export * from './reasons/render.ts';
export * from './scorecard/render.ts';
export * from './scorecard/scorecard.ts';
export * from './slots.ts';
export * from './standards.ts';
export * from './texts.ts';
