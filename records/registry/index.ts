/** The model registry, stored: candidates and decisions, champions of slots, published snapshots. */
export * from './champions.ts';
export * from './registry.ts';
export type * from './rows.ts';
export * from './snapshots.ts';
