/** What other rules, cutoffs or models would have made of past decisions, from their evidence; and what of that can be known. */
export * from './alternative.ts';
export * from './granted.ts';
export * from './report.ts';
