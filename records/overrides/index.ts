/** Overrides of recorded decisions, each step a record of the audit chain. */
export * from './overrides.ts';
export * from './standing.ts';
export { OVERRIDE_EXPIRY } from './expiry.ts';
