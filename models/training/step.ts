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
 * One Newton step of a shape: one cut of the ordinary bins, the best or, where `random` is given, one drawn by it; and for each bin of
 * missing values and special codes a step of its own, shrunk by its support. Levels of a category are cut in the order of the steps
 * that they would take by themselves, shrunk likewise (as for mean targets: Fisher 1958; Ke et al. 2017). Writes the step into `delta`; answers its gain over a step that is the
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
  const { first, bins } = layout;
  let gain = 0;
  for (let b = 0; b < first; b++) {
    const step = -gradient[b]! / (hessian[b]! + levelRidge);
    delta[b] = learningRate * step;
    gain -= gradient[b]! * step;
  }
  if (layout.ordered) {
    for (const { from, to, g, h } of leavesOf(layout, sums, limits, slack, random)) {
      const step = -g / (h + ridge);
      delta.fill(learningRate * step, from, to);
      gain -= g * step;
    }
  } else {
    const { order, inOrder } = byStep(layout, sums, levelRidge);
    const all: TermLayout = { bins: order.length, first: 0, ordered: true, direction: 0 };
    for (const { from, to, g, h } of leavesOf(all, inOrder, limits, null, random)) {
      const step = -g / (h + ridge);
      for (let i = from; i < to; i++) delta[order[i]!] = learningRate * step;
      gain -= g * step;
    }
  }
  const whole = sumOf(sums, 0, bins);
  return gain - (whole.g * whole.g) / (whole.h + ridge);
}

/** The levels of a category from the smallest step of their own to the largest, and their sums in that order. */
function byStep({ first, bins }: TermLayout, { gradient, hessian, count }: Histogram, levelRidge: number) {
  const step = gradient.map((g, b) => -g / (hessian[b]! + levelRidge));
  const order = Array.from({ length: bins - first }, (_, i) => first + i).sort((a, b) => step[a]! - step[b]! || a - b);
  const take = (values: Float64Array): Float64Array => Float64Array.from(order, (b) => values[b]!);
  return { order, inOrder: { gradient: take(gradient), hessian: take(hessian), count: take(count) } };
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
