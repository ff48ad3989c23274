/** Bins: how the values of a feature become the indexes that shapes are tables of. */
export * from './encode.ts';
export * from './fit-encoding.ts';
export * from './number-edges.ts';
export * from './optimal.ts';
export * from './values.ts';
export * from './woe-report.ts';
export * from './woe-table.ts';
