import type { AxisLayout, BinnedRows, PairLayout, TermLayout } from './layout.ts';

/** Coarse bins of a term for pairwise work: special bins keep their own, ordered bins are grouped by equal support, levels by their shape. */
export function coarseAxis(
  term: number,
  layout: TermLayout,
  support: Float64Array,
  shape: Float64Array,
  maxBins: number,
): AxisLayout {
  const { bins, first, ordered, direction } = layout;
  const order = Array.from({ length: bins - first }, (_, i) => first + i);
  if (!ordered) order.sort((a, b) => shape[a]! - shape[b]! || a - b);
  const coarse = new Uint16Array(bins);
  for (let b = 0; b < first; b++) coarse[b] = b;
  let remaining = order.reduce((sum, b) => sum + support[b]!, 0);
  let group = 0;
  let inGroup = 0;
  order.forEach((b, i) => {
    coarse[b] = first + group;
    inGroup += support[b]!;
    const next = order[i + 1];
    const target = remaining / (maxBins - group);
    if (next === undefined || group + 1 >= maxBins || inGroup === 0) return;
    const overshoot = inGroup + support[next]! - target;
    if (inGroup < target && overshoot <= target - inGroup) return;
    remaining -= inGroup;
    inGroup = 0;
    group++;
  });
  return { term, coarse, bins: first + group + 1, first, direction: ordered ? direction : 0 };
}

/**
 * Ranks all pairs of terms by how much a small tree on both would lower the loss of what the single shapes leave
 * (FAST: Lou, Caruana, Gehrke, Hooker 2013, with trees of four leaves instead of quadrants), on out-of-fold residuals. Answers the best
 * `limit` pairs as [a, b], a < b, best first; ties go to the lower indexes.
 */
export function screenPairs(
  axes: readonly AxisLayout[],
  data: BinnedRows,
  gradient: Float64Array,
  hessian: Float64Array,
  limit: number,
  gainOf: (pair: PairLayout, gradient: Float64Array, hessian: Float64Array, count: Float64Array) => number,
): { a: number; b: number; gain: number }[] {
  const columns = axes.map((axis) => Uint16Array.from(data.bins[axis.term]!, (bin) => axis.coarse[bin]!));
  const found: { a: number; b: number; gain: number }[] = [];
  for (let a = 0; a < axes.length; a++) {
    for (let b = a + 1; b < axes.length; b++) {
      const pair = { a: axes[a]!, b: axes[b]! };
      const width = pair.b.bins;
      const size = pair.a.bins * width;
      if (pair.a.bins < 2 || width < 2) continue;
      const g = new Float64Array(size);
      const h = new Float64Array(size);
      const n = new Float64Array(size);
      const ca = columns[a]!;
      const cb = columns[b]!;
      for (let i = 0; i < ca.length; i++) {
        const cell = ca[i]! * width + cb[i]!;
        g[cell]! += gradient[i]!;
        h[cell]! += hessian[i]!;
        n[cell]!++;
      }
      const gain = gainOf(pair, g, h, n);
      if (gain > 0) found.push({ a, b, gain });
    }
  }
  return found.sort((x, y) => y.gain - x.gain || x.a - y.a || x.b - y.b).slice(0, limit);
}
