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
 * One Newton step of a shape: the best tree of three leaves over the ordered bins (greedy, two cuts), and for each bin outside the
 * order a step of its own, shrunk by its support. Writes the step into `delta`. Where the term has a direction, `slack` says how far
 * each boundary may fall (see slack.ts): leaves are pooled where the step would use more.
 */
export function termStep(
  layout: TermLayout,
  sums: Histogram,
  limits: StepLimits,
  slack: Float64Array | null,
  delta: Float64Array,
): void {
  const { gradient, hessian } = sums;
  const alone = layout.ordered ? layout.first : layout.bins;
  for (let b = 0; b < alone; b++) delta[b] = (-limits.learningRate * gradient[b]!) / (hessian[b]! + limits.levelRidge);
  if (layout.ordered) orderedStep(layout, sums, limits, slack, delta);
}

function orderedStep(
  layout: TermLayout,
  sums: Histogram,
  limits: StepLimits,
  slack: Float64Array | null,
  delta: Float64Array,
): void {
  const { first, bins } = layout;
  const { gradient, hessian } = sums;
  const falls = (bin: number, step: number): boolean =>
    slack !== null && slack[bin]! + limits.learningRate * layout.direction * step < 0;
  const cut = (from: number, to: number): Cut => bestCut(sums, from, to, falls, limits);
  const whole = cut(first, bins);
  let cuts: number[] = [];
  if (whole.at >= 0) {
    const left = cut(first, whole.at);
    const right = cut(whole.at, bins);
    if (left.gain > 0 && left.gain >= right.gain) cuts = [left.at, whole.at];
    else if (right.gain > 0) cuts = [whole.at, right.at];
    else cuts = [whole.at];
  }
  const starts = [first, ...cuts];
  const ends = [...cuts, bins];
  const value = (leaf: Leaf): number => -leaf.g / (leaf.h + limits.ridge);
  // Neighbouring leaves that would fall too far are pooled, as in the algorithm of adjacent violators.
  const leaves: Leaf[] = [];
  starts.forEach((start, k) => {
    const leaf: Leaf = { start, end: ends[k]!, g: 0, h: 0 };
    for (let b = start; b < leaf.end; b++) {
      leaf.g += gradient[b]!;
      leaf.h += hessian[b]!;
    }
    leaves.push(leaf);
    while (leaves.length > 1) {
      const last = leaves[leaves.length - 1]!;
      const before = leaves[leaves.length - 2]!;
      if (!falls(last.start, value(last) - value(before))) break;
      leaves.pop();
      before.end = last.end;
      before.g += last.g;
      before.h += last.h;
    }
  });
  for (const leaf of leaves) delta.fill(limits.learningRate * value(leaf), leaf.start, leaf.end);
}

interface Leaf {
  readonly start: number;
  end: number;
  g: number;
  h: number;
}

interface Cut {
  readonly gain: number;
  /** First bin of the right part, or -1. */
  readonly at: number;
}

function bestCut(
  sums: Histogram,
  from: number,
  to: number,
  falls: (bin: number, step: number) => boolean,
  limits: StepLimits,
): Cut {
  const { gradient, hessian, count } = sums;
  const { ridge, minLeaf } = limits;
  let g = 0;
  let h = 0;
  let n = 0;
  for (let b = from; b < to; b++) {
    g += gradient[b]!;
    h += hessian[b]!;
    n += count[b]!;
  }
  const base = (g * g) / (h + ridge);
  let best = 0;
  let at = -1;
  let gl = 0;
  let hl = 0;
  let nl = 0;
  for (let b = from; b < to - 1; b++) {
    gl += gradient[b]!;
    hl += hessian[b]!;
    nl += count[b]!;
    if (nl < minLeaf) continue;
    if (n - nl < minLeaf) break;
    const gr = g - gl;
    const left = -gl / (hl + ridge);
    const right = -gr / (h - hl + ridge);
    const gain = -gl * left - gr * right - base;
    if (gain > best && !falls(b + 1, right - left)) {
      best = gain;
      at = b + 1;
    }
  }
  return { gain: best, at };
}
