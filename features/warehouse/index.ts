/** The DuckDB warehouse: raw bitemporal tables of the contracts and what the import keeps about itself. One writer at a time. */
export * from './health.ts';
export * from './sql.ts';
export * from './standing.ts';
export * from './warehouse.ts';
export * from './compact.ts';
