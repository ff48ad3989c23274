/** What matters in monitoring: thresholds, and what follows an alarm, as data. */
export * from './actions.ts';
export * from './materiality.ts';
