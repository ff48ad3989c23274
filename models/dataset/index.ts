/** Data sets in memory and on disk: columns, outcome, customers; their hash, their folds, their files. */
export type { CategoryColumn, Dataset, FeatureColumn, FeatureMatrix, NumberColumn } from './dataset.ts';
export { keepCopiesTogether } from './copies.ts';
export { loadDataset, saveDataset } from './files.ts';
export { groupedFolds } from './folds.ts';
export { datasetHash } from './hash.ts';
export { makeDataset, takeRows } from './make.ts';
export { withoutValues } from './without-values.ts';
export { loadFlat, type FlatData, type LoadFlatOptions } from './flat.ts';
export type { DataWarning } from './flat-screen.ts';
export * from './guarded-select.ts';
