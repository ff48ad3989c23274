/** Golden vectors: the hard inputs of an artefact, and the proof that every engine scores them alike. */
export { neighbour } from './ulp.ts';
export * from './prove.ts';
export * from './vectors.ts';
