import type * as tensorflow from '@tensorflow/tfjs-node';
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-node';
import { weightLengths, WEIGHT_NAMES, type NetworkShape, type NetworkWeights } from './deep-model.ts';

export type TensorFlow = typeof tensorflow;
export type WeightTensors = { readonly [name in (typeof WEIGHT_NAMES)[number]]: Tensor };

/**
 * TensorFlow on one thread, unless the environment says otherwise: sums in another order would give another model. A setting counts only
 * before the library is loaded.
 */
export async function loadTensorFlow(): Promise<TensorFlow> {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  return import('@tensorflow/tfjs-node');
}

/** The weights of a bag as tensors, in their shapes. */
export function toTensors(tf: TensorFlow, weights: NetworkWeights, shape: NetworkShape): WeightTensors {
  const { free, directed, members, width } = shape;
  const monotone = directed === 0 ? 0 : shape.monotoneWidth;
  const sizes: { readonly [name in (typeof WEIGHT_NAMES)[number]]: number[] } = {
    w1: [free, width],
    s1: [members, 1, width],
    b1: [members, 1, width],
    w2: [width, width],
    s2: [members, 1, width],
    b2: [members, 1, width],
    v: [members, width, 1],
    c: [members, 1, 1],
    wm: [directed, monotone],
    wf: [free, monotone],
    sm: [members, 1, monotone],
    bm: [members, 1, monotone],
    u: [members, monotone, 1],
  };
  const tensors = Object.fromEntries(WEIGHT_NAMES.map((name) => [name, tf.tensor(weights[name], sizes[name])]));
  return tensors as unknown as WeightTensors;
}

/** Masks of dropout, one per hidden layer: rows x width. */
export interface DropoutMasks {
  readonly first: Tensor2D;
  readonly second: Tensor2D;
}

/**
 * What each member adds to the log-odds: members x rows. `free` is rows x free inputs, `directed` rows x directed inputs.
 * Free inputs pass two hidden layers. Directed inputs pass one, by weights that are nowhere negative, half of its units convex (relu) and half
 * concave (its mirror), beside free inputs of any sign: increasing in each directed input whatever the others are (Runje and Shankaranarayana 2023).
 */
export function forward(
  tf: TensorFlow,
  w: WeightTensors,
  shape: NetworkShape,
  free: Tensor2D,
  directed: Tensor2D | null,
  masks: DropoutMasks | null = null,
): Tensor2D {
  const { members, width, monotoneWidth } = shape;
  const rows = free.shape[0];
  const drop = (hidden: Tensor, mask: Tensor2D | undefined): Tensor => (mask ? tf.mul(hidden, mask) : hidden);
  const z1 = tf.matMul(free, w.w1);
  const h1 = drop(tf.relu(tf.add(tf.mul(z1, w.s1), w.b1)), masks?.first);
  const z2 = tf.reshape(tf.matMul(tf.reshape<Rank.R2>(h1, [members * rows, width]), w.w2 as Tensor2D), [
    members,
    rows,
    width,
  ]);
  const h2 = drop(tf.relu(tf.add(tf.mul(z2, w.s2), w.b2)), masks?.second);
  let out = tf.add(tf.matMul(h2, w.v), w.c);
  if (directed !== null) {
    const zm = tf.add(tf.matMul(directed, w.wm as Tensor2D), tf.matMul(free, w.wf as Tensor2D));
    const am = tf.add(tf.mul(zm, w.sm), w.bm);
    const half = Math.floor(monotoneWidth / 2);
    const convex = tf.relu(tf.slice(am, [0, 0, 0], [members, rows, half]));
    const concave = tf.neg(tf.relu(tf.neg(tf.slice(am, [0, 0, half], [members, rows, monotoneWidth - half]))));
    out = tf.add(out, tf.matMul(tf.concat([convex, concave], 2), w.u));
  }
  return tf.reshape<Rank.R2>(out, [members, rows]);
}

/** Weights of another bag of the same shape, copied. */
export function copyWeights(weights: NetworkWeights): NetworkWeights {
  return Object.fromEntries(WEIGHT_NAMES.map((name) => [name, weights[name].slice()])) as unknown as NetworkWeights;
}

/** Names of the weights that a shape has: those of the directed inputs are absent where there are none. */
export function presentWeights(shape: NetworkShape): (typeof WEIGHT_NAMES)[number][] {
  const lengths = weightLengths(shape);
  return WEIGHT_NAMES.filter((name) => lengths[name] > 0);
}
