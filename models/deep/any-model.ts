import type { FeatureMatrix } from '../dataset/dataset.ts';
import { scoreMatrix } from '../scoring/index.ts';
import { isDeep, type AnyArtefact } from './artefact.ts';
import { compileDeep } from './score.ts';

/** PDs of the rows of a matrix by a model of either kind, in TypeScript. */
export function pdOf(artefact: AnyArtefact, matrix: FeatureMatrix): Float64Array {
  return isDeep(artefact) ? compileDeep(artefact).scoreMatrix(matrix).pd : scoreMatrix(artefact, matrix).pd;
}
