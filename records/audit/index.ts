/** The audit chain: an append-only, hash-chained log per tenant, written in groups, verified record by record. */
export * from './appender.ts';
export * from './chain.ts';
export * from './erase.ts';
export * from './read.ts';
export * from './retire.ts';
export * from './retirement.ts';
export * from './verify.ts';
