import type { Boosted } from './boost.ts';
import { logOdds, type BinnedRows, type PairLayout } from './layout.ts';

/** Log-odds of each row by the bags that did not see it, one of each split, averaged. */
export function outOfFold(
  bags: readonly Boosted[],
  pairs: readonly PairLayout[],
  data: BinnedRows,
  splits: readonly Int32Array[],
): Float64Array {
  const scores = new Float64Array(data.rows);
  const folds = bags.length / splits.length;
  bags.forEach((bag, index) => {
    const each = logOdds(bag.tables, pairs, data);
    splits[Math.floor(index / folds)]!.forEach((fold, row) => {
      if (fold === index % folds) scores[row]! += each[row]! / splits.length;
    });
  });
  return scores;
}

/** Weighted log-loss of each row, or of each of the given rows. */
export function rowLosses(
  scores: Float64Array,
  { bad, weight }: BinnedRows,
  rows: Iterable<number> = bad.keys(),
): Float64Array {
  return Float64Array.from(rows, (row) => {
    const s = bad[row] === 1 ? -scores[row]! : scores[row]!;
    const loss = s > 0 ? s + Math.log1p(Math.exp(-s)) : Math.log1p(Math.exp(s));
    return loss * (weight === null ? 1 : weight[row]!);
  });
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

/** Mean of the paired differences of two losses, with its standard error. */
export function gainOf(before: Float64Array, after: Float64Array): { mean: number; standardError: number } {
  const gains = before.map((each, i) => each - after[i]!);
  const middle = mean(gains);
  const variance = mean(gains.map((each) => (each - middle) ** 2));
  return { mean: middle, standardError: Math.sqrt(variance / gains.length) };
}
