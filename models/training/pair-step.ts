import type { PairLayout } from './layout.ts';
import type { Histogram, StepLimits } from './step.ts';

/** Room for the two-dimensional sums of a pair; one per size, reused. */
export interface PairScratch {
  readonly g: Float64Array;
  readonly h: Float64Array;
  readonly n: Float64Array;
}

export function pairScratch(cells: number): PairScratch {
  return { g: new Float64Array(cells), h: new Float64Array(cells), n: new Float64Array(cells) };
}

/** How far the cells of a pair may fall against their lower neighbours along each side (see slack.ts); null: as they like. */
export interface PairRoom {
  readonly a: Float64Array | null;
  readonly b: Float64Array | null;
}

/**
 * One Newton step of a pairwise term: the best tree of four leaves that cuts one side, then the other side within each half (both
 * orders are tried), among those that keep the directions. Bins outside the order of a side lie before it. Writes the step into
 * `delta`; answers its gain (0: no step).
 */
export function pairStep(
  pair: PairLayout,
  sums: Histogram,
  limits: StepLimits,
  room: PairRoom,
  scratch: PairScratch,
  delta: Float64Array,
): number {
  prefixSums(pair, sums, scratch);
  const rows = pair.a.bins;
  const width = pair.b.bins;
  const whole = tree(scratch, width, limits, [
    { bins: rows, direction: pair.a.direction, stride: width, room: room.a },
    { bins: width, direction: pair.b.direction, stride: 1, room: room.b },
  ]);
  if (whole === null) return 0;
  const { outer, cut, low, high, leaves } = whole;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) {
      const [o, inner] = outer === 0 ? [i, j] : [j, i];
      const value = o < cut ? leaves[inner < low ? 0 : 1] : leaves[inner < high ? 2 : 3];
      delta[i * width + j] = limits.learningRate * value;
    }
  }
  return whole.gain;
}

/** Inclusive two-dimensional prefix sums. */
function prefixSums(pair: PairLayout, sums: Histogram, { g, h, n }: PairScratch): void {
  const width = pair.b.bins;
  for (let i = 0; i < pair.a.bins; i++) {
    let rg = 0;
    let rh = 0;
    let rn = 0;
    for (let j = 0; j < width; j++) {
      const cell = i * width + j;
      rg += sums.gradient[cell]!;
      rh += sums.hessian[cell]!;
      rn += sums.count[cell]!;
      g[cell] = rg + (i > 0 ? g[cell - width]! : 0);
      h[cell] = rh + (i > 0 ? h[cell - width]! : 0);
      n[cell] = rn + (i > 0 ? n[cell - width]! : 0);
    }
  }
}

interface Side {
  readonly bins: number;
  readonly direction: number;
  /** Between the cells of neighbouring bins. */
  readonly stride: number;
  readonly room: Float64Array | null;
}

interface Tree {
  readonly gain: number;
  /** The side that is cut first, and where; where the other side is cut below and above that (its number of bins: not at all). */
  readonly outer: 0 | 1;
  readonly cut: number;
  readonly low: number;
  readonly high: number;
  readonly leaves: readonly [number, number, number, number];
}

function tree(scratch: PairScratch, width: number, limits: StepLimits, sides: readonly [Side, Side]): Tree | null {
  const { ridge, minLeaf, learningRate } = limits;
  const { g, h, n } = scratch;
  const last = g.length - 1;
  const base = (g[last]! * g[last]!) / (h[last]! + ridge);
  let best: Tree | null = null;
  for (const outer of [0, 1] as const) {
    const out = sides[outer];
    const inn = sides[1 - outer]!;
    /** Sum over outer bins [from, to) and inner bins [0, until). */
    const sum = (table: Float64Array, from: number, to: number, until: number): number => {
      if (until === 0) return 0;
      const at = (until - 1) * inn.stride - out.stride;
      return table[at + to * out.stride]! - (from === 0 ? 0 : table[at + from * out.stride]!);
    };
    /** True where a step across the inner boundary `cut` would break a direction on any of the outer bins [from, to). */
    const innerFalls = (from: number, to: number, cut: number, step: number): boolean => {
      if (inn.room === null) return false;
      const change = learningRate * inn.direction * step;
      if (change >= 0) return false;
      for (let o = from; o < to; o++) if (inn.room[o * out.stride + cut * inn.stride]! + change < 0) return true;
      return false;
    };
    const half = (from: number, to: number) => {
      const gs = sum(g, from, to, inn.bins);
      const hs = sum(h, from, to, inn.bins);
      const ns = sum(n, from, to, inn.bins);
      if (ns < minLeaf) return null;
      let gain = (gs * gs) / (hs + ridge);
      let at = inn.bins;
      let left = -gs / (hs + ridge);
      let right = left;
      for (let cut = 1; cut < inn.bins; cut++) {
        const nl = sum(n, from, to, cut);
        if (nl < minLeaf) continue;
        if (ns - nl < minLeaf) break;
        const gl = sum(g, from, to, cut);
        const hl = sum(h, from, to, cut);
        const vl = -gl / (hl + ridge);
        const vr = -(gs - gl) / (hs - hl + ridge);
        const each = -gl * vl - (gs - gl) * vr;
        if (each <= gain || innerFalls(from, to, cut, vr - vl)) continue;
        gain = each;
        at = cut;
        left = vl;
        right = vr;
      }
      return { gain, at, left, right };
    };
    for (let cut = 1; cut < out.bins; cut++) {
      const low = half(0, cut);
      const high = low && half(cut, out.bins);
      if (!low || !high) continue;
      const gain = low.gain + high.gain - base;
      if (gain <= (best?.gain ?? 0)) continue;
      const leaves = [low.left, low.right, high.left, high.right] as const;
      if (outerFalls(out, inn, cut, low.at, high.at, leaves, learningRate)) continue;
      best = { gain, outer, cut, low: low.at, high: high.at, leaves };
    }
  }
  return best;
}

function outerFalls(
  out: Side,
  inn: Side,
  cut: number,
  low: number,
  high: number,
  leaves: readonly [number, number, number, number],
  learningRate: number,
): boolean {
  if (out.room === null) return false;
  for (let i = 0; i < inn.bins; i++) {
    const step = leaves[i < high ? 2 : 3] - leaves[i < low ? 0 : 1];
    if (out.room[cut * out.stride + i * inn.stride]! + learningRate * out.direction * step < 0) return true;
  }
  return false;
}
