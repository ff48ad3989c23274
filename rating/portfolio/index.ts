/** The portfolio as of an instant: exposure and expected loss by part, migration, concentration, stress, and customers by value and risk. */
export * from './assumptions.ts';
export type * from './book.ts';
export * from './change.ts';
export * from './customer-report.ts';
export * from './open-warnings.ts';
export * from './portfolio-schema.ts';
export * from './report.ts';
export * from './stress.ts';
export * from './withheld.ts';
