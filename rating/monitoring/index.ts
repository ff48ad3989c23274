/** What matters in monitoring: thresholds as data. */
export * from './materiality.ts';
