/** Signals on record: which triggers stand, whom they concern, by which tables, and up to which fact customers were looked at. */
export * from './signals.ts';
export * from './trigger.ts';
