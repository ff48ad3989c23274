import type { FeatureTerm } from '../../models/artefact/glass-box.ts';

/** Values whose contribution is no worse than the population's mean: an interval of numbers, or some categories, best first. */
export type GoodRun =
  | {
      readonly kind: 'range';
      /** Inclusive; null: no lower bound. */
      readonly from: number | null;
      /** Exclusive; null: no upper bound. */
      readonly below: number | null;
      /** Weight of the training rows in it. */
      readonly support: number;
    }
  | { readonly kind: 'levels'; readonly levels: readonly string[]; readonly support: number };

const mostLevels = 3;

/** A run of values of a feature without a direction is told as good only where this share of the known values lay in it. */
const LEAST_SHARE = 0.15;

/**
 * The runs of ordinary values of a term whose contribution is at most `reference`. Missing values and special codes are never called
 * good, nor is a narrow stretch that a wavering shape happens to dip in.
 */
export function goodRuns(term: FeatureTerm, reference: number): GoodRun[] {
  const { encoding, shape, support } = term;
  const first = 1 + encoding.codes.length;
  if (encoding.kind === 'category') {
    const good = encoding.levels
      .map((level, i) => ({ level, contribution: shape[first + i] ?? Infinity, weight: support[first + i] ?? 0 }))
      .filter(({ contribution, weight }) => contribution <= reference && weight > 0)
      .sort((a, b) => a.contribution - b.contribution || b.weight - a.weight);
    if (good.length === 0) return [];
    const levels = good.slice(0, mostLevels).map(({ level }) => level);
    return [{ kind: 'levels', levels, support: good.reduce((total, { weight }) => total + weight, 0) }];
  }
  const known = knownSupport(term);
  const runs: GoodRun[] = [];
  for (let i = 0; i <= encoding.edges.length; i++) {
    if (!((shape[first + i] ?? Infinity) <= reference)) continue;
    const run = goodRunAt(term, encoding.edges, shape, first + i, reference, known);
    if (run !== null) runs.push(run);
    while (i <= encoding.edges.length && (shape[first + i] ?? Infinity) <= reference) i++;
  }
  return runs;
}

/** Weight of the training rows with an ordinary value. */
export function knownSupport({ encoding, support }: FeatureTerm): number {
  let known = 0;
  for (let bin = 1 + encoding.codes.length; bin < support.length; bin++) known += support[bin] ?? 0;
  return known;
}

/** The good run of numbers that holds `bin`, by what the bins add (`shape`); null where the bin is not good or its run is too narrow to be told. */
export function goodRunAt(
  { encoding, support, monotone }: FeatureTerm,
  edges: readonly number[],
  shape: ArrayLike<number>,
  bin: number,
  reference: number,
  known: number,
): (GoodRun & { readonly kind: 'range' }) | null {
  const first = 1 + encoding.codes.length;
  const isGood = (each: number): boolean => (shape[each] ?? Infinity) <= reference;
  if (!isGood(bin)) return null;
  let from = bin;
  while (from > first && isGood(from - 1)) from--;
  let weight = 0;
  let end = from;
  while (end <= first + edges.length && isGood(end)) weight += support[end++] ?? 0;
  if (monotone === null && weight < LEAST_SHARE * known) return null;
  return {
    kind: 'range',
    from: from === first ? null : (edges[from - first - 1] ?? null),
    below: edges[end - first - 1] ?? null,
    support: weight,
  };
}

/** How far a value lies from a run, in the value's own unit; 0 inside. */
function distance(value: number, run: GoodRun): number {
  if (run.kind === 'levels') return 0;
  if (run.from !== null && value < run.from) return run.from - value;
  if (run.below !== null && value >= run.below) return value - run.below;
  return 0;
}

/** The good run nearest to a customer's value; where the value is missing or a code, the commonest one. Null where none is good. */
export function nearestGood(runs: readonly GoodRun[], value: number | null): GoodRun | null {
  if (runs.length === 0) return null;
  if (value === null) return runs.reduce((best, run) => (run.support > best.support ? run : best));
  return runs.reduce((best, run) => (distance(value, run) < distance(value, best) ? run : best));
}
