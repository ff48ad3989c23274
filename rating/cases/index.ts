/** Referred cases: whose queue they are in, what people may do to them, how long they take. */
export * from './askers.ts';
export * from './authority.ts';
export * from './authority-schema.ts';
export * from './case.ts';
export * from './outcome.ts';
export * from './referral.ts';
