/** Signals on record: which triggers stand, whom they concern, which share a warning, by which tables, and up to which fact customers were looked at. */
export type { CircleMember, SharedWarning } from './circles.ts';
export * from './concerned.ts';
export * from './signals.ts';
export * from './trigger.ts';
