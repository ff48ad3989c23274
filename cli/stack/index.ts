/** The local stack: PostgreSQL, Temporal, worker and API on one machine, and how commands find them. */
export { findServices, resolveDatabase, resolveServices, type Services } from './services.ts';
export { withDatabaseServer } from './for-a-while.ts';
export { startStack, type Stack } from './stack.ts';
export { postgresPackage, startPostgres, type PostgresServer } from './postgres.ts';
export { startTemporal, type TemporalServer } from './temporal.ts';
