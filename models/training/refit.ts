import type * as tensorflow from '@tensorflow/tfjs-node';
import { pairCells, type BinnedRows, type PairLayout, type Tables, type TermLayout } from './layout.ts';
import { minimise } from './lbfgs.ts';
import { addPenalty, offsetsOf, type PenaltyStrength, type Roughness } from './penalty.ts';

type TensorFlow = typeof tensorflow;

/** Rows of one tensor batch: bounds the memory of the gathered tables. */
const BATCH = 65_536;

/** The design of an additive model in TensorFlow: for each row, the parameters that it reads. */
export interface Design {
  /** Sum of the row's parameters, for every row. */
  scores(beta: Float64Array): Promise<Float64Array>;
  /** Sum over rows of `value`, for every parameter. */
  gather(value: Float64Array): Promise<Float64Array>;
  dispose(): void;
}

/**
 * Puts rows on TensorFlow as indexes of parameters (one per table and row, the intercept last). Scores are gathered sums and gradients
 * segment sums: the products of the sparse one-hot design and of its transpose. `gatherND`, because `gather` of tfjs-node reads every
 * index back into JavaScript at every call to check it.
 */
export function designOf(
  tf: TensorFlow,
  terms: readonly TermLayout[],
  pairs: readonly PairLayout[],
  data: BinnedRows,
): Design {
  const { ofTerms, ofPairs, size } = offsetsOf(terms, pairs);
  const columns = [
    ...data.bins.map((bins, t) => ({ cells: bins, offset: ofTerms[t]! })),
    ...pairs.map((pair, p) => ({ cells: pairCells(pair, data.bins), offset: ofPairs[p]! })),
  ];
  const width = columns.length;
  const batches = Array.from({ length: Math.ceil(data.rows / BATCH) }, (_, k) => {
    const from = k * BATCH;
    const rows = Math.min(BATCH, data.rows - from);
    const index = new Int32Array(rows * width);
    columns.forEach(({ cells, offset }, c) => {
      for (let i = 0; i < rows; i++) index[i * width + c] = offset + cells[from + i]!;
    });
    return { from, rows, index: tf.tensor2d(index, [rows * width, 1], 'int32') };
  });
  return {
    async scores(beta) {
      const scores = new Float64Array(data.rows);
      for (const { from, rows, index } of batches) {
        const sum = tf.tidy(() =>
          tf.sum(tf.reshape(tf.gatherND(tf.tensor1d(Float32Array.from(beta)), index), [rows, width]), 1),
        );
        const values = await sum.data();
        sum.dispose();
        for (let i = 0; i < rows; i++) scores[from + i] = values[i]! + beta[size - 1]!;
      }
      return scores;
    },
    async gather(value) {
      const total = new Float64Array(size);
      for (const { from, rows, index } of batches) {
        const sums = tf.tidy(() => {
          const each = tf.tensor2d(Float32Array.from(value.subarray(from, from + rows)), [rows, 1]);
          return tf.unsortedSegmentSum(
            tf.reshape(tf.tile(each, [1, width]), [rows * width]),
            tf.reshape(index, [rows * width]),
            size,
          );
        });
        const values = await sums.data();
        sums.dispose();
        for (let p = 0; p + 1 < size; p++) total[p]! += values[p]!;
      }
      for (const each of value) total[size - 1]! += each;
      return total;
    },
    dispose() {
      for (const { index } of batches) index.dispose();
    },
  };
}

export function flatten(tables: Tables): Float64Array {
  return Float64Array.from([...tables.terms, ...tables.pairs].flatMap((table) => [...table]).concat(tables.intercept));
}

export function unflatten(beta: Float64Array, terms: readonly TermLayout[], pairs: readonly PairLayout[]): Tables {
  const { ofTerms, ofPairs, size } = offsetsOf(terms, pairs);
  return {
    intercept: beta[size - 1]!,
    terms: terms.map((term, t) => beta.slice(ofTerms[t], ofTerms[t]! + term.bins)),
    pairs: pairs.map((pair, p) => beta.slice(ofPairs[p], ofPairs[p]! + pair.a.bins * pair.b.bins)),
  };
}

/**
 * All tables at once: the minimum of the weighted log-loss over the rows where `use` is not 0, plus roughness, plus the distance to the
 * boosted tables. Convex; solved by L-BFGS from the boosted tables with gradients from TensorFlow.
 */
export async function refitTables(
  design: Design,
  data: BinnedRows,
  use: Uint8Array,
  prior: Float64Array,
  roughness: Roughness,
  strength: PenaltyStrength,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const weight = Float64Array.from(
    { length: data.rows },
    (_, i) => use[i]! * (data.weight === null ? 1 : data.weight[i]!),
  );
  const curvature = new Float64Array(data.rows);
  const first = await design.scores(prior);
  first.forEach((score, i) => {
    const p = 1 / (1 + Math.exp(-score));
    curvature[i] = weight[i]! * p * (1 - p);
  });
  const scale = (await design.gather(curvature)).map(
    (each, i) => each + strength.smooth * roughness.diagonal[i]! + strength.prior,
  );
  return minimise(
    async (beta) => {
      signal?.throwIfAborted();
      const scores = await design.scores(beta);
      const residual = new Float64Array(data.rows);
      let loss = 0;
      for (let i = 0; i < scores.length; i++) {
        if (weight[i] === 0) continue;
        const s = scores[i]!;
        const e = Math.exp(-Math.abs(s));
        const towards = data.bad[i] === 1 ? -s : s;
        loss += weight[i]! * ((towards > 0 ? towards : 0) + Math.log1p(e));
        residual[i] = weight[i]! * ((s >= 0 ? 1 : e) / (1 + e) - data.bad[i]!);
      }
      const gradient = await design.gather(residual);
      return { value: loss + addPenalty(beta, prior, roughness, strength, gradient), gradient };
    },
    prior,
    scale,
    12,
    1e-6 * data.rows,
  );
}
