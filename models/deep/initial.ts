import { seededRandom } from '../../base/random.ts';
import { NONNEGATIVE, weightLengths, type NetworkShape, type NetworkWeights } from './deep-model.ts';

/**
 * Where training starts, from our own seeded numbers: shared weights uniform by fan-in, adapters of the first layer random signs, so that members
 * differ (TabM), adapters of the second 1, heads near 0, so that the networks start by adding nothing to the glass box.
 */
export function initialWeights(shape: NetworkShape, seed: string): NetworkWeights {
  const random = seededRandom(seed);
  const { free, directed, width, monotoneWidth } = shape;
  const lengths = weightLengths(shape);
  const uniform = (length: number, bound: number): Float32Array =>
    Float32Array.from({ length }, () => (2 * random.uniform() - 1) * bound);
  const normal = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, () => random.normal() * scale);
  const fanIn = (inputs: number): number => 1 / Math.sqrt(Math.max(1, inputs));
  const weights: NetworkWeights = {
    w1: uniform(lengths.w1, fanIn(free)),
    s1: Float32Array.from({ length: lengths.s1 }, () => (random.uniform() < 0.5 ? -1 : 1)),
    b1: uniform(lengths.b1, fanIn(free)),
    w2: uniform(lengths.w2, fanIn(width)),
    s2: new Float32Array(lengths.s2).fill(1),
    b2: uniform(lengths.b2, fanIn(width)),
    v: normal(lengths.v, 0.1 * fanIn(width)),
    c: new Float32Array(lengths.c),
    wm: uniform(lengths.wm, fanIn(directed)),
    wf: uniform(lengths.wf, fanIn(free)),
    sm: Float32Array.from({ length: lengths.sm }, () => 0.5 + random.uniform()),
    bm: uniform(lengths.bm, 1),
    u: normal(lengths.u, 0.1 * fanIn(monotoneWidth)),
  };
  for (const name of NONNEGATIVE) weights[name].forEach((value, i) => (weights[name][i] = Math.abs(value)));
  return weights;
}
