/** The operational database: connection, schema, migrations. */
export * from './database.ts';
export * from './durability.ts';
export * from './migrate.ts';
export type * from './notice-tables.ts';
export type * from './schema.ts';
