/** Whether what a source says that it holds is what stands here: counts, sums, hashes, and by key. */
export * from './compare.ts';
export * from './row-hash.ts';
export * from './standing.ts';
