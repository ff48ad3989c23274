/** Labels: a default definition as data, performance windows, maturity. */
export {
  followObservations,
  labelObservations,
  type FollowOptions,
  type Label,
  type LabelCounts,
  type LabelOptions,
  type LabelReport,
} from './label-observations.ts';
export { dataCutoff } from './data-cutoff.ts';
