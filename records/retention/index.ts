/** How long records are kept, what is on legal hold, and removing what is due. */
export * from './bodies.ts';
export * from './holds.ts';
export * from './retention.ts';
export * from './rules.ts';
