import { setImmediate } from 'node:timers/promises';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-node';
import { seededRandom, type Random } from '../../base/random.ts';
import { adamW } from './adamw.ts';
import { NONNEGATIVE, type DeepFeature, type NetworkShape, type NetworkWeights } from './deep-model.ts';
import { writeInputs, type EncodedColumn, type InputLayout } from './encoding.ts';
import { initialWeights } from './initial.ts';
import { copyWeights, forward, presentWeights, toTensors, type TensorFlow, type WeightTensors } from './network.ts';
import { batchFor, type DeepOptions } from './options.ts';

/** Rows as the networks see them. */
export interface DeepRows {
  readonly layout: InputLayout;
  readonly features: readonly DeepFeature[];
  readonly columns: readonly EncodedColumn[];
  readonly bad: Uint8Array;
  readonly weight: Float64Array | null;
  /** Log-odds of each row that the networks add to. */
  readonly offset: Float64Array;
}

export interface FittedBag {
  readonly weights: NetworkWeights;
  readonly epochs: number;
  /** Mean held-out log-loss after each epoch. */
  readonly history: readonly number[];
  /** Mean of the members' outputs, of the held-out rows in the order given. */
  readonly held: Float64Array;
}

/** Rows that are put through TensorFlow at once when nothing is learned. */
const ROWS_PER_PASS = 4096;
/** Random numbers of the dropout masks, drawn once; each step starts at another place. */
const MASK_POOL = 1 << 18;

/**
 * Trains the networks of one bag on `train` rows, stopped early on `held` ones: the epoch of the lowest held-out loss is kept, or the start, where no
 * epoch was better. Every member sees the same batches and answers for its own loss. Yields to the event loop after each epoch.
 */
export async function fitBag(
  tf: TensorFlow,
  shape: NetworkShape,
  rows: DeepRows,
  { train, held }: { readonly train: Int32Array; readonly held: Int32Array },
  options: DeepOptions,
  seed: string,
  hooks: { readonly onEpoch: (epoch: number, loss: number) => void; readonly signal?: AbortSignal | undefined },
): Promise<FittedBag> {
  const random = seededRandom(seed);
  const weights = initialWeights(shape, `${seed}/weights`);
  const names = presentWeights(shape);
  const optimisers = names.map((name) =>
    adamW(weights[name].length, {
      learningRate: options.learningRate,
      decay: name.startsWith('w') || name === 'v' || name === 'u' ? options.weightDecay : 0,
      nonnegative: (NONNEGATIVE as readonly string[]).includes(name),
    }),
  );
  const batch = options.batch > 0 ? options.batch : batchFor(rows.bad.length);
  const masks = maskPool(options.dropout, random.fork('dropout'));
  const order = train.slice();
  const history: number[] = [];
  let best: { loss: number; weights: NetworkWeights; epoch: number; held: Float64Array } = {
    loss: Infinity,
    weights,
    epoch: 0,
    held: new Float64Array(),
  };
  const judge = (epoch: number): number => {
    const output = meanOutputs(tf, weights, shape, rows, held);
    const loss = meanLoss(rows, held, output);
    if (loss < best.loss - 1e-7) best = { loss, weights: copyWeights(weights), epoch, held: output };
    return loss;
  };
  judge(0);
  for (let epoch = 1; epoch <= options.maxEpochs && epoch - best.epoch <= options.patience; epoch++) {
    shuffle(order, random);
    for (let start = 0; start < order.length; start += batch) {
      const picked = order.subarray(start, Math.min(start + batch, order.length));
      const gradients = gradientsOf(tf, weights, names, shape, rows, picked, masks(picked.length, shape.width));
      optimisers.forEach((optimiser, i) => optimiser.step(weights[names[i]!], gradients[i]!));
      hooks.signal?.throwIfAborted();
    }
    const loss = judge(epoch);
    history.push(loss);
    hooks.onEpoch(epoch, loss);
    await setImmediate();
    hooks.signal?.throwIfAborted();
  }
  return { weights: best.weights, epochs: best.epoch, history, held: best.held };
}

/** Mean of the members' outputs, for the given rows. */
export function meanOutputs(
  tf: TensorFlow,
  weights: NetworkWeights,
  shape: NetworkShape,
  rows: Pick<DeepRows, 'layout' | 'features' | 'columns'>,
  picked: Int32Array,
): Float64Array {
  const tensors = toTensors(tf, weights, shape);
  const outputs = new Float64Array(picked.length);
  for (let start = 0; start < picked.length; start += ROWS_PER_PASS) {
    const part = picked.subarray(start, start + ROWS_PER_PASS);
    const mean = tf.tidy(() => {
      const { free, directed } = inputsOf(tf, rows, part);
      return tf.mean(forward(tf, tensors, shape, free, directed), 0);
    });
    outputs.set(mean.dataSync(), start);
    mean.dispose();
  }
  tf.dispose(Object.values(tensors));
  return outputs;
}

function inputsOf(
  tf: TensorFlow,
  { layout, features, columns }: Pick<DeepRows, 'layout' | 'features' | 'columns'>,
  picked: Int32Array,
): { readonly free: Tensor2D; readonly directed: Tensor2D | null } {
  const free = new Float32Array(picked.length * layout.free);
  const directed = new Float32Array(picked.length * layout.directed);
  layout.places.forEach((place, f) => {
    const { indicator, piece, share } = columns[f]!;
    const encoded = { indicator: 0, piece: 0, share: 0 };
    for (let i = 0; i < picked.length; i++) {
      const row = picked[i]!;
      encoded.indicator = indicator[row]!;
      encoded.piece = piece[row]!;
      encoded.share = share[row]!;
      writeInputs(place, features[f]!, encoded, free, i * layout.free, directed, i * layout.directed);
    }
  });
  return {
    free: tf.tensor2d(free, [picked.length, layout.free]),
    directed: layout.directed === 0 ? null : tf.tensor2d(directed, [picked.length, layout.directed]),
  };
}

/** Gradients of the mean over rows and members of the weighted log-loss. */
function gradientsOf(
  tf: TensorFlow,
  weights: NetworkWeights,
  names: readonly (keyof NetworkWeights)[],
  shape: NetworkShape,
  rows: DeepRows,
  picked: Int32Array,
  masks: readonly [Float32Array, Float32Array] | null,
): Float32Array[] {
  const tensors = tf.tidy(() => {
    const start = toTensors(tf, weights, shape);
    const { free, directed } = inputsOf(tf, rows, picked);
    const offset = tf.tensor1d(Float32Array.from(picked, (row) => rows.offset[row]!));
    const sign = tf.tensor1d(Float32Array.from(picked, (row) => (rows.bad[row] === 1 ? -1 : 1)));
    const { weight } = rows;
    const each = weight && tf.tensor1d(Float32Array.from(picked, (row) => weight[row]!));
    const dropped = masks && {
      first: tf.tensor2d(masks[0], [picked.length, shape.width]),
      second: tf.tensor2d(masks[1], [picked.length, shape.width]),
    };
    const loss = (...values: Tensor[]) => {
      const w = { ...start, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) } as WeightTensors;
      const output = forward(tf, w, shape, free, directed, dropped);
      const losses = tf.softplus(tf.mul(tf.add(output, offset), sign));
      return tf.mean(each ? tf.mul(losses, each) : losses);
    };
    return tf.grads(loss)(names.map((name) => start[name]));
  });
  const gradients = tensors.map((tensor) => tensor.dataSync() as Float32Array);
  tf.dispose(tensors);
  return gradients;
}

function meanLoss(rows: DeepRows, picked: Int32Array, output: Float64Array): number {
  let loss = 0;
  let mass = 0;
  picked.forEach((row, i) => {
    const w = rows.weight === null ? 1 : rows.weight[row]!;
    const x = (rows.bad[row] === 1 ? -1 : 1) * (rows.offset[row]! + output[i]!);
    loss += w * (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
    mass += w;
  });
  return loss / mass;
}

function shuffle(order: Int32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
}

function maskPool(
  dropout: number,
  random: Random,
): (rows: number, width: number) => readonly [Float32Array, Float32Array] | null {
  if (dropout === 0) return () => null;
  const pool = Float32Array.from({ length: MASK_POOL }, () => (random.uniform() < dropout ? 0 : 1 / (1 - dropout)));
  const mask = (length: number): Float32Array => {
    const values = new Float32Array(length);
    let from = random.integer(MASK_POOL);
    for (let at = 0; at < length; from = 0) {
      const part = pool.subarray(from, Math.min(MASK_POOL, from + length - at));
      values.set(part, at);
      at += part.length;
    }
    return values;
  };
  return (rows, width) => [mask(rows * width), mask(rows * width)];
}
