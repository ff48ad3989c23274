import { ProbityError } from '../../base/errors.ts';

/**
 * Where values lie among those of a reference sample: 0 for below all, 1 for above all, ties half (the ridit). Missing values (NaN) lie at one half, so
 * that they do not count as a shift; `missing` of `rankDifferences` watches them. The reference must not be what is compared afterwards.
 */
export function ridits(reference: ArrayLike<number>): (value: number) => number {
  const sorted = Float64Array.from(reference)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (sorted.length === 0)
    throw new ProbityError('INVALID_INPUT', 'A reference sample without known values has no ranks.');
  const below = (value: number, orEqual: boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (value) => (Number.isNaN(value) ? 0.5 : (below(value, false) + below(value, true)) / (2 * sorted.length));
}

/** Differences of pairs, each in [-1, 1] and of mean zero where both sides are drawn from one population. */
export interface PairDifferences {
  /** Rank of the one looked at less that of the one compared with: a shift. */
  readonly shift: Float64Array;
  /** The same of twice the distance from the median rank: a wider or narrower spread. */
  readonly spread: Float64Array;
  /** The same of being missing. */
  readonly missing: Float64Array;
}

/** The differences of a number between those looked at and those compared with, pair by pair; `rank` is fixed beforehand (`ridits`). */
export function rankDifferences(
  now: ArrayLike<number>,
  then: ArrayLike<number>,
  rank: (value: number) => number,
): PairDifferences {
  const difference = (of: (value: number) => number) =>
    Float64Array.from({ length: now.length }, (_, i) => of(now[i]!) - of(then[i]!));
  return {
    shift: difference(rank),
    spread: difference((value) => Math.abs(2 * rank(value) - 1)),
    missing: difference((value) => (Number.isNaN(value) ? 1 : 0)),
  };
}

/**
 * Outcomes less PDs of matured observations, one a customer: mean zero where the model is calibrated. Above zero on average: it
 * predicts too few defaults.
 */
export function calibrationResiduals(pd: ArrayLike<number>, bad: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: pd.length }, (_, i) => bad[i]! - pd[i]!);
}

/**
 * Whether the bad of each pair of a bad and a good customer scored higher (ties half), less what the model promised: mean zero at an AUC
 * of `promised`, below it where the model ranks worse. Every customer is in one pair; bads and goods are paired in the order given.
 */
export function rankingResiduals(scores: ArrayLike<number>, bad: ArrayLike<number>, promised: number): Float64Array {
  const [bads, goods]: [number[], number[]] = [[], []];
  for (let i = 0; i < scores.length; i++) (bad[i] === 1 ? bads : goods).push(scores[i]!);
  return Float64Array.from({ length: Math.min(bads.length, goods.length) }, (_, i) => {
    const [b, g] = [bads[i]!, goods[i]!];
    return (b > g ? 1 : b === g ? 0.5 : 0) - promised;
  });
}
