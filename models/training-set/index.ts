/** Training and test sets from the warehouse: observation dates, labels, features as of each, a split without leaks. */
export { buildTrainingSet, checkSides, sideReport } from './build.ts';
export { agePeriods, buildFollowedSet, followedRows, type AgePeriods, type FollowedSet } from './by-age.ts';
export { defaultTestFrom, findObservations, monthlyDates, monthsLater } from './observations.ts';
export type { SideReport, TrainingSet, TrainingSetOptions, TrainingSetReport } from './options.ts';
export { featuresOfProtected, readProtected } from './protected.ts';
export { withoutFeatures } from './without-features.ts';
export { featureDeclarations, readDataset } from './read-dataset.ts';
