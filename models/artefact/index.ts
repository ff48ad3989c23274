/** Models as data: the glass box and its artefact, named by content hash, saved and loaded whole or not at all. */
export * from './artefact.ts';
export * from './formats.ts';
export { directionBreaches, type DirectionBreach } from './directions.ts';
export * from './glass-box.ts';
export { binCount, structuralProblems } from './schema.ts';
export { GRAIN, onGrain, sumsAreExact } from './grain.ts';
