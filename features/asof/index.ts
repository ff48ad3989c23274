/** Features as of a date: one statement per view, run for any set of (customer, instant) pairs. */
export * from './compute-features.ts';
export * from './segment-peers.ts';
export * from './statement.ts';
