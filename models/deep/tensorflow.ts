import type { FeatureMatrix } from '../dataset/dataset.ts';
import { logistic, scoreMatrix, type BatchScores } from '../scoring/index.ts';
import { glassBoxInside } from './artefact.ts';
import { meanOutputs } from './bag.ts';
import type { DeepArtefact } from './deep-model.ts';
import { layoutOf } from './encoding.ts';
import { loadTensorFlow } from './network.ts';
import { encodeMatrix } from './score.ts';

/**
 * Scores a matrix with the networks in TensorFlow, in float32, and the glass box inside in doubles. Agrees with TypeScript within
 * `DEEP_TOLERANCE` of log-odds.
 */
export async function scoreDeepTensorFlow(artefact: DeepArtefact, matrix: FeatureMatrix): Promise<BatchScores> {
  const tf = await loadTensorFlow();
  const { model } = artefact;
  const base = scoreMatrix(glassBoxInside(artefact), matrix).logOdds;
  const rows = {
    layout: layoutOf(
      model.features,
      model.base.terms.map((term) => term.monotone),
    ),
    features: model.features,
    columns: encodeMatrix(artefact, matrix),
  };
  const all = Int32Array.from({ length: matrix.rows }, (_, row) => row);
  const networks = new Float64Array(matrix.rows);
  for (const bag of model.bags) {
    meanOutputs(tf, bag, model.shape, rows, all).forEach(
      (output, row) => (networks[row]! += output / model.bags.length),
    );
  }
  const logOdds = base.map(
    (each, row) => model.intercept + model.baseWeight * each + model.networkWeight * networks[row]!,
  );
  return { rows: matrix.rows, logOdds, pd: logOdds.map(logistic), contributions: [] };
}
