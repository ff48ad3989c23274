/** Validation: a model measured on rows that it has not seen, gates that never pass without power, and a page to read. */
export {
  compareModels,
  figuresOf,
  type ComparisonVerdict,
  type Contender,
  type ContenderFigures,
  type ModelComparison,
} from './compare.ts';
export * from './gates.ts';
export { renderValidationHtml } from './html.ts';
export type { FeatureStability, ValidationReport } from './report.ts';
export { validateModel, type ValidationInput } from './validate.ts';
