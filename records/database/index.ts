/** The operational database: connection, schema, migrations. */
export type * from './free-texts.ts';
export * from './lawful-change.ts';
export * from './compact.ts';
export * from './database.ts';
export * from './durability.ts';
export * from './migrate.ts';
export type * from './alert-tables.ts';
export type * from './chain-tables.ts';
export type * from './credit-file-tables.ts';
export type * from './erasure-tables.ts';
export type * from './key-tables.ts';
export type * from './monitoring-tables.ts';
export type * from './notice-tables.ts';
export type * from './privacy-tables.ts';
export type * from './registry-tables.ts';
export type * from './rule-tables.ts';
export type * from './schema.ts';
export type * from './shadow-tables.ts';
