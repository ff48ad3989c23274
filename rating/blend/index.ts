/** Model log-odds and expert points in one final log-odds, each share exact. */
export * from './blend.ts';
export * from './grid.ts';
