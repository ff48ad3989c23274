/** The deep challenger: networks beside a glass box, as data; scored in TypeScript and TensorFlow; it may be compared, never decide. */
export {
  buildDeep,
  deepHash,
  glassBoxInside,
  isDeep,
  loadAnyArtefact,
  parseAnyArtefact,
  saveDeep,
  validateDeep,
  type AnyArtefact,
  type NamedAnyArtefact,
} from './artefact.ts';
export type { DeepArtefact, DeepModel } from './deep-model.ts';
export { directionsOf, type Directions } from './directions.ts';
export { fitDeep, type FittedDeep } from './fit.ts';
export { DEFAULT_DEEP_OPTIONS, resolveDeepOptions, type DeepOptions } from './options.ts';
export { DEEP_TOLERANCE, proveDeep, requireDeepProof, type DeepProof } from './prove.ts';
export { compileDeep, type DeepScore, type DeepScorer } from './score.ts';
export { scoreDeepTensorFlow } from './tensorflow.ts';
export { pdOf } from './any-model.ts';
export { whereItWins, winsBetween, winsOfPds, type WhereItWins, type Win } from './where-it-wins.ts';
