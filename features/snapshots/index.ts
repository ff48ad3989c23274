/** Published snapshots: immutable folders of raw facts by customer and feature tables, and the path that serving reads. */
export type { AddedFact } from './added-facts.ts';
export type { FeatureRow, FeatureValue } from './lane.ts';
export * from './compare.ts';
export * from './facts-of.ts';
export * from './manifest.ts';
export * from './publish.ts';
export * from './reader.ts';
export { neededViews, valuesOf } from './served-features.ts';
