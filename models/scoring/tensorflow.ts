import type { Rank, Tensor1D } from '@tensorflow/tfjs-node';
import type { Artefact } from '../artefact/glass-box.ts';
import type { FeatureMatrix } from '../dataset/dataset.ts';
import { binMatrix } from './batch.ts';
import { logistic } from './logistic.ts';

const ROWS_PER_BATCH = 65_536;

/**
 * Scores a matrix in TensorFlow, from bin indexes found in float64: a gather per table, summed with compensation (Neumaier 1974)
 * since the device adds in float32. Agrees with the other engines within 1e-5 of log-odds.
 */
export async function scoreTensorFlow(
  artefact: Artefact,
  matrix: FeatureMatrix,
): Promise<{ readonly logOdds: Float64Array; readonly pd: Float64Array }> {
  const tf = await import('@tensorflow/tfjs-node');
  const { terms, pairs, intercept } = artefact.model;
  const bins = binMatrix(artefact, matrix);
  const tables: readonly number[][] = [
    ...terms.map((term) => [...term.shape]),
    ...pairs.map((pair) => pair.values.flat()),
  ];
  const logOdds = new Float64Array(matrix.rows);
  const offsets = pairs.map((pair) => {
    const width = pair.values[0]?.length ?? 0;
    return { row: pair.rowOf.map((row) => row * width), column: pair.columnOf };
  });
  for (let start = 0; start < matrix.rows; start += ROWS_PER_BATCH) {
    const end = Math.min(start + ROWS_PER_BATCH, matrix.rows);
    const [high, low] = tf.tidy(() => {
      const index = terms.map((_, t) => tf.tensor1d((bins[t] as Int32Array).subarray(start, end), 'int32'));
      const cells = pairs.map((pair, p) => {
        const offset = offsets[p] as (typeof offsets)[number];
        return tf.add<Tensor1D>(
          tf.gather(tf.tensor1d(offset.row, 'int32'), index[pair.a] as Tensor1D),
          tf.gather(tf.tensor1d([...offset.column], 'int32'), index[pair.b] as Tensor1D),
        );
      });
      let sum: Tensor1D = tf.mul(tf.ones<Rank.R1>([end - start]), Math.fround(intercept));
      let lost: Tensor1D = tf.mul(tf.ones<Rank.R1>([end - start]), intercept - Math.fround(intercept));
      [...index, ...cells].forEach((at, i) => {
        const table = tables[i] as number[];
        const value = tf.gather(tf.tensor1d(table), at);
        const rest = tf.gather(tf.tensor1d(table.map((entry) => entry - Math.fround(entry))), at);
        const next = tf.add<Tensor1D>(sum, value);
        const virtual = tf.sub<Tensor1D>(next, sum);
        const error = tf.add<Tensor1D>(tf.sub(sum, tf.sub(next, virtual)), tf.sub(value, virtual));
        lost = tf.add(lost, tf.add(error, rest));
        sum = next;
      });
      return [sum, lost] as const;
    });
    const [highs, lows] = [await high.data(), await low.data()];
    tf.dispose([high, low]);
    for (let row = start; row < end; row++)
      logOdds[row] = (highs[row - start] as number) + (lows[row - start] as number);
  }
  return { logOdds, pd: logOdds.map(logistic) };
}
