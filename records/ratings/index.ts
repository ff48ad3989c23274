/** Ratings as evidence: recorded once, found by id, erased without breaking the chain. */
export * from './pseudonyms.ts';
export * from './ratings.ts';
export * from './within.ts';
