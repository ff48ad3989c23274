/** Brings sources into the warehouse: mapped, checked against the contracts, versioned, all or nothing. */
export * from './codes.ts';
export { EXPRESSION_FUNCTIONS } from './expression.ts';
export * from './import-facts.ts';
export * from './import-spec.ts';
export * from './render-report.ts';
export * from './report.ts';
export type { ImportOptions } from './session.ts';
export { parseRelationalSpec } from '../specs/parse-relational.ts';
