/** Whether what a source says that it holds is what stands here: counts, sums, hashes, and by key; and whether every copy here holds the same. */
export * from './compare.ts';
export * from './daily.ts';
export * from './reconciliations.ts';
export * from './row-hash.ts';
export * from './rules.ts';
export * from './standing.ts';
export * from './statements.ts';
