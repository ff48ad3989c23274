/** Validation: a model measured on rows that it has not seen, gates that never pass without power, and a page to read. */
export type { GradeBand, GradeCalibration, GradeReport, Migration } from './by-grade.ts';
export {
  compareModels,
  figuresOf,
  type Contender,
  type ContenderFigures,
  type ModelComparison,
  type ProfitBasis,
  type ProfitComparison,
} from './compare.ts';
export type { ComparisonVerdict, Evidence } from './evidence.ts';
export type { AttributeFairness, GroupFairness } from './fairness.ts';
export { measureProxies, type ProxyMeasure, type ProxyReport } from './proxies.ts';
export * from './gates.ts';
export { renderValidationHtml } from './html.ts';
export { writeValidationPages } from './write-pages.ts';
export type { Division, PartMeasures } from './parts.ts';
export type { FeatureStability, Rival, Unmeasured, ValidationReport } from './report.ts';
export type { Scope, TrainingFacts } from './scope.ts';
export { validateModel, type ValidationInput } from './validate.ts';
export type { Language } from './words.ts';
