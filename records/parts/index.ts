/** The parts that ratings were computed with, by content hash. */
export * from './parts.ts';
