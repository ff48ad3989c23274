import { binomialTail } from './beta.ts';
import { clusteredShare } from './clustered-share.ts';

/** Quartiles of values (nearest rank) with an interval of the median; null: too few customers for any. */
export interface ClusteredMedian {
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly rows: number;
  readonly customers: number;
}

/**
 * The median of values that are clustered by customer. Its interval lies between order statistics, free of any distribution: with one row a customer the
 * binomial one (Thompson 1936), else that of as many independent values as would be as sure of the share at or below the median (Woodruff 1952), never more
 * than there are customers. Below six of them no such interval of 95 % exists. Throws RangeError where there are no values.
 */
export function clusteredMedian(
  values: ArrayLike<number>,
  cluster: ArrayLike<number> | null = null,
  level = 0.95,
): ClusteredMedian {
  const rows = values.length;
  if (rows === 0) throw new RangeError('There is no median of no values.');
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * rows) - 1)]!;
  const median = at(0.5);
  const below = clusteredShare(
    Array.from(values, (value) => Number(value <= median)),
    cluster,
    level,
  );
  const { customers } = below;
  // The hair keeps a whole number whole.
  const independent = customers === rows ? rows : Math.floor(Math.min(customers, below.effectiveRows) + 1e-9);
  const rank = lowerRank(independent, level);
  const place = rank === 0 ? null : Math.max(1, Math.floor((rank / independent) * rows + 1e-9));
  return {
    q1: at(0.25),
    median,
    q3: at(0.75),
    low: place === null ? null : sorted[place - 1]!,
    high: place === null ? null : sorted[rows - place]!,
    rows,
    customers,
  };
}

/** The largest rank k of n values with P(fewer than k lie below the median) at most half of what the level leaves; 0: there is none. */
function lowerRank(n: number, level: number): number {
  let rank = 0;
  // By symmetry, P(X <= k) = P(X >= n - k) of a binomial of one half.
  while (rank < n && binomialTail(n - rank, n, 0.5) <= (1 - level) / 2) rank++;
  return rank;
}
