import type { Random } from '../../base/random.ts';
import type { TermLayout } from './layout.ts';

/** What limits one Newton step: learning rate, ridges, rows of a leaf. */
export interface StepLimits {
  readonly learningRate: number;
  readonly ridge: number;
  readonly levelRidge: number;
  readonly minLeaf: number;
}

/** Gradients, Hessians and rows summed by bin. */
export interface Histogram {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly count: Float64Array;
}

/**
 * One Newton step of a shape: one cut of the ordered bins, the best or, where `random` is given, one drawn by it; and for each bin
 * outside the order a step of its own, shrunk by its support. Writes the step into `delta`; answers its gain over a step that is the
 * same for all bins. Where the term has a direction, `slack` says how far each boundary may fall (see slack.ts): a cut whose step would
 * use more is not made.
 */
export function termStep(
  layout: TermLayout,
  sums: Histogram,
  limits: StepLimits,
  slack: Float64Array | null,
  random: Random | null,
  delta: Float64Array,
): number {
  const { gradient, hessian } = sums;
  const { learningRate, ridge, levelRidge } = limits;
  const alone = layout.ordered ? layout.first : layout.bins;
  let gain = 0;
  for (let b = 0; b < alone; b++) {
    const step = -gradient[b]! / (hessian[b]! + levelRidge);
    delta[b] = learningRate * step;
    gain -= gradient[b]! * step;
  }
  for (const { from, to, g, h } of layout.ordered ? leavesOf(layout, sums, limits, slack, random) : []) {
    const step = -g / (h + ridge);
    delta.fill(learningRate * step, from, to);
    gain -= g * step;
  }
  const whole = sumOf(sums, 0, layout.bins);
  return gain - (whole.g * whole.g) / (whole.h + ridge);
}

/** Bins [from, to) of the order that take one step together. */
interface Leaf {
  readonly from: number;
  readonly to: number;
  readonly g: number;
  readonly h: number;
  readonly n: number;
}

function sumOf({ gradient, hessian, count }: Histogram, from: number, to: number): Leaf {
  let g = 0;
  let h = 0;
  let n = 0;
  for (let b = from; b < to; b++) {
    g += gradient[b]!;
    h += hessian[b]!;
    n += count[b]!;
  }
  return { from, to, g, h, n };
}

function leavesOf(
  layout: TermLayout,
  sums: Histogram,
  limits: StepLimits,
  slack: Float64Array | null,
  random: Random | null,
): Leaf[] {
  const { first, bins, direction } = layout;
  const { gradient, hessian, count } = sums;
  const { learningRate, ridge, minLeaf } = limits;
  const whole = sumOf(sums, first, bins);
  // Drawn even where it is not used, so that a stream of random numbers does not depend on rounding.
  const drawn = random === null || bins - first < 2 ? 0 : first + 1 + random.integer(bins - first - 1);
  const base = (whole.g * whole.g) / (whole.h + ridge);
  let best = 0;
  let at = 0;
  let g = 0;
  let h = 0;
  let n = 0;
  for (let cut = first + 1; cut < bins; cut++) {
    g += gradient[cut - 1]!;
    h += hessian[cut - 1]!;
    n += count[cut - 1]!;
    if (n < minLeaf || (drawn > 0 && cut !== drawn)) continue;
    if (whole.n - n < minLeaf) break;
    const below = -g / (h + ridge);
    const above = -(whole.g - g) / (whole.h - h + ridge);
    const gain = -g * below - (whole.g - g) * above - base;
    if (gain <= best) continue;
    if (slack !== null && slack[cut]! + learningRate * direction * (above - below) < 0) continue;
    best = gain;
    at = cut;
  }
  return at === 0 ? [whole] : [sumOf(sums, first, at), sumOf(sums, at, bins)];
}
