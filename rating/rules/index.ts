/** Versioned decision tables in the open JDM format: read, analysed exactly, and run behind one interface. */
export * from './analysis.ts';
export * from './cells.ts';
export * from './documents.ts';
export * from './engine.ts';
export * from './fields.ts';
export * from './lawful.ts';
export * from './live-rules.ts';
export * from './load.ts';
export * from './regions.ts';
export * from './rule-data.ts';
export * from './rule-set.ts';
export * from './table.ts';
export * from './zen.ts';
