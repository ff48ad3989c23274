/** The parts that ratings were computed with, by content hash: kept in the database, artefacts in the storage. */
export * from './part-loader.ts';
export * from './parts.ts';
