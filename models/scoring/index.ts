/** Scoring: a glass box as a pure function of data, in TypeScript (a row, a matrix), as DuckDB SQL, and in TensorFlow. */
export * from './batch.ts';
export { compile, contributionNames, type Score, type ScoreFlag, type Scorer } from './compile.ts';
export { daysOfIso, levelBinner, numberBinner, numberOf } from './bins.ts';
export { logistic } from './logistic.ts';
export { toleratedRange } from './tolerance.ts';
export { outputNames, scoreSql, type ScoreSqlOptions } from './sql.ts';
export type { ReadValue } from './sql-repeated.ts';
export { sqlDouble } from './sql-double.ts';
export { scoreTensorFlow } from './tensorflow.ts';
