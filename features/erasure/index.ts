/** Erased customers: found by their pseudonyms, and removed from the warehouse. */
export * from './drop-erased.ts';
export * from './erase-parties.ts';
export * from './erased.ts';
export * from './party-columns.ts';
