/** What became of customers, in order: ratings, limits, terms, holds, warnings and erasures, read from the audit chain. */
export { recordOfAlert } from './alert-record.ts';
export * from './change.ts';
export * from './feed.ts';
export * from './granted.ts';
export type { OverrideOf } from './standing.ts';
export type { Change } from './told-by-record.ts';
export * from './place.ts';
export { ratedFacts } from './evidence.ts';
export { instructionRecord, triggerRecord } from './warning-record.ts';
