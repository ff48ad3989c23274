/** Reviews of customers: when they are due, what a reviewer has to see, who signs off. */
export * from './due.ts';
export * from './findings.ts';
export * from './policy.ts';
export * from './policy-schema.ts';
export * from './review.ts';
