/** Discrete-time hazard models: a term structure of PDs by age, censoring handled, nothing extrapolated. */
export type { AgeGate, AgeMeasure } from './gates.ts';
export { longestStep, personPeriods, stepsAtRisk } from './expand.ts';
export { hazardPage } from './page.ts';
export { ENDED, readObserved, type FollowedRows, type ObservedRows } from './observed.ts';
export {
  cumulativePd,
  cumulativePdOf,
  horizonsOf,
  pdColumn,
  termStructure,
  termStructureSql,
  type PdAt,
  type PdOver,
} from './term-structure.ts';
export {
  validateHazard,
  type AgeStep,
  type BesideChampion,
  type HazardValidation,
  type HorizonValidation,
} from './validate.ts';
