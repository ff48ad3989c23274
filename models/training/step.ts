import type { PairLayout, TermLayout } from './layout.ts';

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
 * order a step of its own, shrunk by its support. Writes the step into `delta`. Under a direction the leaves are
 * pooled where they would break it, so that the step itself, and any sum of steps, keeps the direction.
 */
export function termStep(layout: TermLayout, sums: Histogram, limits: StepLimits, delta: Float64Array): void {
  const { gradient, hessian } = sums;
  const alone = layout.ordered ? layout.first : layout.bins;
  for (let b = 0; b < alone; b++) delta[b] = (-limits.learningRate * gradient[b]!) / (hessian[b]! + limits.levelRidge);
  if (!layout.ordered) return;
  orderedStep(layout, sums, limits, delta);
}

function orderedStep(layout: TermLayout, sums: Histogram, limits: StepLimits, delta: Float64Array): void {
  const { first, bins, direction } = layout;
  const { gradient, hessian, count } = sums;
  const whole = bestCut(sums, first, bins, direction, limits);
  let cuts: number[] = [];
  if (whole.at >= 0) {
    const left = bestCut(sums, first, whole.at, direction, limits);
    const right = bestCut(sums, whole.at, bins, direction, limits);
    if (left.gain > 0 && left.gain >= right.gain) cuts = [left.at, whole.at];
    else if (right.gain > 0) cuts = [whole.at, right.at];
    else cuts = [whole.at];
  }
  const starts = [first, ...cuts];
  const ends = [...cuts, bins];
  const leaves = starts.map((start, k) => {
    let g = 0;
    let h = 0;
    let n = 0;
    for (let b = start; b < ends[k]!; b++) {
      g += gradient[b]!;
      h += hessian[b]!;
      n += count[b]!;
    }
    return { g, h, n, size: 1 };
  });
  const values = pooled(leaves, direction, limits.ridge);
  starts.forEach((start, k) => delta.fill(limits.learningRate * values[k]!, start, ends[k]));
}

/** Newton values of neighbouring leaves, pooled (adjacent violators) where they break the direction. */
function pooled(
  leaves: { g: number; h: number; n: number; size: number }[],
  direction: number,
  ridge: number,
): number[] {
  const value = (leaf: { g: number; h: number }): number => -leaf.g / (leaf.h + ridge);
  const blocks: { g: number; h: number; n: number; size: number }[] = [];
  if (direction === 0) return leaves.map(value);
  for (const leaf of leaves) {
    blocks.push({ ...leaf });
    while (blocks.length > 1) {
      const last = blocks[blocks.length - 1]!;
      const before = blocks[blocks.length - 2]!;
      if ((value(last) - value(before)) * direction >= 0) break;
      blocks.pop();
      before.g += last.g;
      before.h += last.h;
      before.n += last.n;
      before.size += last.size;
    }
  }
  return blocks.flatMap((block) => Array<number>(block.size).fill(value(block)));
}

function bestCut(sums: Histogram, from: number, to: number, direction: number, limits: StepLimits) {
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
    if (direction !== 0 && (right - left) * direction < 0) continue;
    const gain = -gl * left - gr * right - base;
    if (gain > best) {
      best = gain;
      at = b + 1;
    }
  }
  return { gain: best, at };
}

/** Room for the two-dimensional sums of a pair; one per size, reused. */
export interface PairScratch {
  readonly g: Float64Array;
  readonly h: Float64Array;
  readonly n: Float64Array;
}

export function pairScratch(cells: number): PairScratch {
  return { g: new Float64Array(cells), h: new Float64Array(cells), n: new Float64Array(cells) };
}

/**
 * One Newton step of a pairwise term: the best tree of four leaves that cuts one side, then the other side within each half (both
 * orders are tried). Where a side has a direction, the other half's cut is shared, its special bins are left alone, and leaves that
 * would break the direction are not allowed. Writes the step into `delta`; answers its gain (0: no step).
 */
export function pairStep(
  pair: PairLayout,
  sums: Histogram,
  limits: StepLimits,
  scratch: PairScratch,
  delta: Float64Array,
): number {
  const rows = pair.a.bins;
  const width = pair.b.bins;
  const fromA = pair.a.direction === 0 ? 0 : pair.a.first;
  const fromB = pair.b.direction === 0 ? 0 : pair.b.first;
  const { g, h, n } = scratch;
  // Inclusive two-dimensional prefix sums over the cells that may be cut.
  for (let i = fromA; i < rows; i++) {
    let rg = 0;
    let rh = 0;
    let rn = 0;
    for (let j = fromB; j < width; j++) {
      const cell = i * width + j;
      rg += sums.gradient[cell]!;
      rh += sums.hessian[cell]!;
      rn += sums.count[cell]!;
      const above = i > fromA;
      g[cell] = rg + (above ? g[cell - width]! : 0);
      h[cell] = rh + (above ? h[cell - width]! : 0);
      n[cell] = rn + (above ? n[cell - width]! : 0);
    }
  }
  const search: PairSearch = { g, h, n, width, fromA, fromB, toA: rows, toB: width, limits };
  const monotone = pair.a.direction !== 0 || pair.b.direction !== 0;
  const best = monotone ? quadrants(search, pair.a.direction, pair.b.direction) : tree(search);
  if (best === null) return 0;
  delta.fill(0);
  for (let i = fromA; i < rows; i++) {
    for (let j = fromB; j < width; j++) delta[i * width + j] = limits.learningRate * best.value(i, j);
  }
  return best.gain;
}

interface PairSearch {
  readonly g: Float64Array;
  readonly h: Float64Array;
  readonly n: Float64Array;
  readonly width: number;
  readonly fromA: number;
  readonly fromB: number;
  readonly toA: number;
  readonly toB: number;
  readonly limits: StepLimits;
}

interface PairCut {
  readonly gain: number;
  value(i: number, j: number): number;
}

/** Sum over rows [i0, i1) and columns [j0, j1) of a prefix table. */
function area(s: PairSearch, table: Float64Array, i0: number, i1: number, j0: number, j1: number): number {
  if (i1 <= i0 || j1 <= j0) return 0;
  const at = (i: number, j: number): number => (i < s.fromA || j < s.fromB ? 0 : table[i * s.width + j]!);
  return at(i1 - 1, j1 - 1) - at(i0 - 1, j1 - 1) - at(i1 - 1, j0 - 1) + at(i0 - 1, j0 - 1);
}

function tree(s: PairSearch): PairCut | null {
  const { ridge, minLeaf } = s.limits;
  const G = area(s, s.g, s.fromA, s.toA, s.fromB, s.toB);
  const H = area(s, s.h, s.fromA, s.toA, s.fromB, s.toB);
  const base = (G * G) / (H + ridge);
  let best = 0;
  let found: { axis: 0 | 1; cut: number; low: number; high: number } | null = null;
  const half = (axis: 0 | 1, from: number, to: number) => {
    const [start, end] = axis === 0 ? [s.fromB, s.toB] : [s.fromA, s.toA];
    const sum = (table: Float64Array, until: number): number =>
      axis === 0 ? area(s, table, from, to, s.fromB, until) : area(s, table, s.fromA, until, from, to);
    const g = sum(s.g, end);
    const h = sum(s.h, end);
    const n = sum(s.n, end);
    let gain = (g * g) / (h + ridge);
    let at = end;
    if (n < minLeaf) return null;
    for (let cut = start + 1; cut < end; cut++) {
      const nl = sum(s.n, cut);
      if (nl < minLeaf) continue;
      if (n - nl < minLeaf) break;
      const gl = sum(s.g, cut);
      const hl = sum(s.h, cut);
      const each = (gl * gl) / (hl + ridge) + ((g - gl) * (g - gl)) / (h - hl + ridge);
      if (each > gain) {
        gain = each;
        at = cut;
      }
    }
    return { gain, at };
  };
  for (const axis of [0, 1] as const) {
    const [start, end] = axis === 0 ? [s.fromA, s.toA] : [s.fromB, s.toB];
    for (let cut = start + 1; cut < end; cut++) {
      const low = half(axis, start, cut);
      const high = low && half(axis, cut, end);
      if (!low || !high) continue;
      const gain = low.gain + high.gain - base;
      if (gain > best) {
        best = gain;
        found = { axis, cut, low: low.at, high: high.at };
      }
    }
  }
  if (found === null) return null;
  const { axis, cut, low, high } = found;
  const leaf = (i0: number, i1: number, j0: number, j1: number): number =>
    -area(s, s.g, i0, i1, j0, j1) / (area(s, s.h, i0, i1, j0, j1) + ridge);
  const [ll, lh, hl, hh] =
    axis === 0
      ? [
          leaf(s.fromA, cut, s.fromB, low),
          leaf(s.fromA, cut, low, s.toB),
          leaf(cut, s.toA, s.fromB, high),
          leaf(cut, s.toA, high, s.toB),
        ]
      : [
          leaf(s.fromA, low, s.fromB, cut),
          leaf(low, s.toA, s.fromB, cut),
          leaf(s.fromA, high, cut, s.toB),
          leaf(high, s.toA, cut, s.toB),
        ];
  return {
    gain: best,
    value: (i, j) => {
      const [outer, inner] = axis === 0 ? [i, j] : [j, i];
      if (outer < cut) return inner < low ? ll : lh;
      return inner < high ? hl : hh;
    },
  };
}

function quadrants(s: PairSearch, directionA: number, directionB: number): PairCut | null {
  const { ridge, minLeaf } = s.limits;
  const G = area(s, s.g, s.fromA, s.toA, s.fromB, s.toB);
  const H = area(s, s.h, s.fromA, s.toA, s.fromB, s.toB);
  const base = (G * G) / (H + ridge);
  let best = 0;
  let found: { i: number; j: number; values: number[] } | null = null;
  for (let i = s.fromA + 1; i < s.toA; i++) {
    for (let j = s.fromB + 1; j < s.toB; j++) {
      const boxes = [
        [s.fromA, i, s.fromB, j],
        [s.fromA, i, j, s.toB],
        [i, s.toA, s.fromB, j],
        [i, s.toA, j, s.toB],
      ] as const;
      if (boxes.some((box) => area(s, s.n, ...box) < minLeaf)) continue;
      let gain = -base;
      const values = boxes.map((box) => {
        const g = area(s, s.g, ...box);
        const value = -g / (area(s, s.h, ...box) + ridge);
        gain -= g * value;
        return value;
      });
      if (gain <= best) continue;
      const [aa, ab, ba, bb] = values as [number, number, number, number];
      if (directionA !== 0 && ((ba - aa) * directionA < 0 || (bb - ab) * directionA < 0)) continue;
      if (directionB !== 0 && ((ab - aa) * directionB < 0 || (bb - ba) * directionB < 0)) continue;
      best = gain;
      found = { i, j, values };
    }
  }
  if (found === null) return null;
  const { i: cutA, j: cutB, values } = found;
  return { gain: best, value: (i, j) => values[(i < cutA ? 0 : 2) + (j < cutB ? 0 : 1)]! };
}
