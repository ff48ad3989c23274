/** The model registry, stored: candidates and decisions, champions of slots and who shares them, published snapshots. */
export * from './champions.ts';
export * from './registry.ts';
export type * from './rows.ts';
export { createRulesOnlySlots, type RulesOnly, type RulesOnlyCall, type RulesOnlySlots } from './rules-only.ts';
export * from './snapshots.ts';
export { createTrafficSplits, type TrafficSplit, type TrafficSplits } from './splits.ts';
