import type { Boosted } from './boost.ts';
import { byWorth, candidatePairs } from './choose.ts';
import { zeroTables, type BinnedRows, type PairLayout, type Tables } from './layout.ts';
import { gainOf, outOfFold, rowLosses } from './out-of-fold.ts';
import { fitBags, type Stage } from './stage.ts';

/** Bags with the pairs that they have tables of. */
export interface PairFit {
  readonly pairs: readonly PairLayout[];
  readonly bags: readonly Boosted[];
}

/**
 * Share of what boosting with pairs adds that is believed: n / (n + k), the credibility of n events (Bühlmann 1967), the rarer outcome's
 * rows. Pairs have hundreds of cells: on a few hundred events most of what they add is noise, and their gain on rows that chose them cannot tell.
 */
function credibilityOf({ bad, rows }: BinnedRows, k: number): number {
  const bads = bad.reduce((sum, each) => sum + each, 0);
  const events = Math.min(bads, rows - bads);
  return events / (events + k);
}

/** The share of the way from the tables of shapes to those with pairs. Between two functions that have a direction all have it. */
function between(shapes: Tables, all: Tables, share: number): Tables {
  const mix = (a: number, b: number): number => a + share * (b - a);
  return {
    intercept: mix(shapes.intercept, all.intercept),
    terms: all.terms.map((table, t) => table.map((value, b) => mix(shapes.terms[t]![b]!, value))),
    pairs: all.pairs.map((table) => table.map((value) => share * value)),
  };
}

/**
 * Boosts on from bags of shapes, with the pairs that are worth most among many candidates. No pair is taken unless they together lower
 * the held-out loss of the shapes, on the first split, by more than the standard error of the paired difference.
 */
export async function fitPairs(
  stage: Omit<Stage, 'name' | 'pairs' | 'starts'>,
  shapes: readonly Boosted[],
  data: BinnedRows,
  splits: readonly Int32Array[],
): Promise<PairFit> {
  const { terms, limits, options } = stage;
  const none: PairFit = { pairs: [], bags: shapes };
  if (options.pairs === 0) return none;
  const fit = (name: 'candidates' | 'pairs', pairs: readonly PairLayout[], from: readonly Boosted[]) => {
    const starts = from.map((bag): Tables => ({ ...bag.tables, pairs: zeroTables([], pairs).pairs }));
    return fitBags({ ...stage, name, pairs, starts });
  };
  let pairs: readonly PairLayout[] = candidatePairs(terms, data, shapes, splits, limits, options);
  if (pairs.length > options.pairs) {
    const tried = await fit('candidates', pairs, shapes.slice(0, options.folds));
    pairs = byWorth(pairs, tried, data, splits[0]!).slice(0, options.pairs);
  }
  if (pairs.length === 0) return none;
  const share = credibilityOf(data, options.pairCredibility);
  const fitted = await fit('pairs', pairs, shapes);
  const bags = fitted.map((bag, b) => ({ ...bag, tables: between(shapes[b]!.tables, bag.tables, share) }));
  const losses = (fits: readonly Boosted[], of: readonly PairLayout[]): Float64Array =>
    rowLosses(outOfFold(fits, of, data, splits), data);
  const gain = gainOf(losses(shapes, []), losses(bags, pairs));
  return gain.mean > gain.standardError ? { pairs, bags } : none;
}
