/** Every workflow that a worker runs, by its type name. */
export { refreshFeatures } from './refresh-features.ts';
export { rescorePortfolio } from './rescore-portfolio.ts';
export { retrain } from './retrain.ts';
export { scheduledRetrain } from './scheduled-retrain.ts';
