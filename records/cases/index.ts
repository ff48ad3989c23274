/** Referred cases, stored: their present state and every event. */
export * from './cases.ts';
export * from './referred.ts';
