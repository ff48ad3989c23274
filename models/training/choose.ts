import { purify, supportOf } from './assemble.ts';
import { averageTables, copyTables, type Boosted } from './boost.ts';
import { logOdds, pairCells, type BinnedRows, type PairLayout, type TermLayout } from './layout.ts';
import type { TrainingOptions } from './options.ts';
import { outOfFold } from './out-of-fold.ts';
import { pairScratch, pairStep } from './pair-step.ts';
import { coarseAxis, screenPairs } from './screen.ts';
import { roomOfEmpty, slackOf } from './slack.ts';
import type { StepLimits } from './step.ts';

/** The pairs that screening ranks first, as many as are tried together. */
export function candidatePairs(
  terms: readonly TermLayout[],
  data: BinnedRows,
  bags: readonly Boosted[],
  splits: readonly Int32Array[],
  limits: StepLimits,
  options: TrainingOptions,
): PairLayout[] {
  if (options.pairs === 0) return [];
  const mean = averageTables(
    bags.map((bag) => bag.tables),
    terms,
    [],
  );
  const slack = slackOf(terms, [], mean);
  const axes = terms.map((term, t) =>
    coarseAxis(t, term, supportOf(data.bins[t]!, term.bins, data.weight), mean.terms[t]!, options.pairBins),
  );
  const scores = outOfFold(bags, [], data, splits);
  const gradient = new Float64Array(data.rows);
  const hessian = new Float64Array(data.rows);
  for (let i = 0; i < data.rows; i++) {
    const w = data.weight === null ? 1 : data.weight[i]!;
    const p = 1 / (1 + Math.exp(-scores[i]!));
    gradient[i] = w * (p - data.bad[i]!);
    hessian[i] = w * p * (1 - p);
  }
  const chosen = screenPairs(
    axes,
    data,
    gradient,
    hessian,
    Math.max(options.pairs, options.candidates),
    (pair, g, h, n) => {
      const cells = pair.a.bins * pair.b.bins;
      const room = { a: roomOfEmpty(slack, pair, 'a'), b: roomOfEmpty(slack, pair, 'b') };
      const sums = { gradient: g, hessian: h, count: n };
      return pairStep(pair, sums, limits, room, pairScratch(cells), new Float64Array(cells));
    },
  );
  return chosen.map(({ a, b }) => ({ a: axes[a]!, b: axes[b]! }));
}

/**
 * How many standard errors the slope of the held-out loss along a pair must lie below 0: with 60 candidates tried at each of 20 places,
 * one list in four of pairs that are all noise has one that seems proven.
 */
const EVIDENCE = 3.5;

/**
 * The candidates in the order of their worth. Each was boosted together with all the others, in bags that each leave a fold out, one
 * bag for each fold. On the rows left out, scores begin without pairs; the pure table (Lengerich et al. 2020) that lowers the loss most,
 * by a Newton step along it, is proven and joins, again and again (as matching pursuit does: Mallat and Zhang 1993), so that of pairs
 * that say the same one joins and the others find nothing left. The candidates that are not proven follow as screening ranks them.
 */
export function byWorth(
  candidates: readonly PairLayout[],
  bags: readonly Boosted[],
  data: BinnedRows,
  folds: Int32Array,
): PairLayout[] {
  const { shapes, parts } = heldOutParts(candidates, bags, data, folds);
  const gradient = new Float64Array(data.rows);
  const hessian = new Float64Array(data.rows);
  const chosen: number[] = [];
  for (;;) {
    for (let row = 0; row < data.rows; row++) {
      const w = data.weight === null ? 1 : data.weight[row]!;
      const p = 1 / (1 + Math.exp(-shapes[row]!));
      gradient[row] = w * (p - data.bad[row]!);
      hessian[row] = w * p * (1 - p);
    }
    let best = { p: -1, gain: 0, step: 0 };
    parts.forEach((part, p) => {
      if (chosen.includes(p)) return;
      let slope = 0;
      let squares = 0;
      let curvature = 0;
      for (let row = 0; row < data.rows; row++) {
        const f = part[row]!;
        const each = gradient[row]! * f;
        slope += each;
        squares += each * each;
        curvature += hessian[row]! * f * f;
      }
      const gain = (slope * slope) / curvature;
      if (-slope > EVIDENCE * Math.sqrt(squares) && gain > best.gain) best = { p, gain, step: -slope / curvature };
    });
    if (best.p < 0) break;
    chosen.push(best.p);
    parts[best.p]!.forEach((f, row) => (shapes[row]! += best.step * f));
  }
  const others = candidates.filter((_, p) => !chosen.includes(p));
  return [...chosen.map((p) => candidates[p]!), ...others];
}

/** For every row, by the bag that has not seen it: the score without pairs, and the part of each pair, pure. */
function heldOutParts(
  candidates: readonly PairLayout[],
  bags: readonly Boosted[],
  data: BinnedRows,
  folds: Int32Array,
): { readonly shapes: Float64Array; readonly parts: readonly Float32Array[] } {
  const cells = candidates.map((pair) => pairCells(pair, data.bins));
  const pure = bags.map((bag) => {
    const tables = copyTables(bag.tables);
    candidates.forEach((pair, p) => {
      purify(pair, tables, p, supportOf(cells[p]!, tables.pairs[p]!.length, data.weight));
    });
    return tables;
  });
  const shapes = new Float64Array(data.rows);
  pure.forEach((tables, bag) => {
    const scores = logOdds({ ...tables, pairs: [] }, [], data);
    folds.forEach((fold, row) => {
      if (fold === bag) shapes[row] = scores[row]!;
    });
  });
  const parts = cells.map((cell, p) => {
    const tables = pure.map(({ pairs }) => pairs[p]!);
    const part = new Float32Array(data.rows);
    for (let row = 0; row < part.length; row++) part[row] = tables[folds[row]!]![cell[row]!]!;
    return part;
  });
  return { shapes, parts };
}
