import { clusteredMean } from './clustered-mean.ts';
import { wilsonInterval, type Bounded } from './proportions.ts';

/** A share with its interval, and how many customers and rows stand behind it. */
export interface ClusteredShare extends Bounded {
  readonly rows: number;
  readonly customers: number;
  /** As many independent rows as would be as sure: never more than there are rows. */
  readonly effectiveRows: number;
}

/**
 * A share of rows that are clustered by customer, with Wilson's interval on the effective number of rows, p(1 - p) / SE², the SE being that of
 * `clusteredMean` (Kish 1965; Dean and Pagano 2015 compare such intervals). Where nobody or everybody is bad the SE tells nothing, and each customer counts once. With one row a
 * customer it is no wider than Wilson's own by more than the factor n / (n - 1).
 */
export function clusteredShare(
  bad: ArrayLike<number>,
  cluster: ArrayLike<number> | null = null,
  level = 0.95,
): ClusteredShare {
  const rows = bad.length;
  const customers = cluster === null ? rows : new Set(Array.from(cluster)).size;
  if (rows === 0) return { ...wilsonInterval(0, 0, level), rows, customers, effectiveRows: 0 };
  const { mean, standardError } = clusteredMean(bad, null, cluster, level);
  const inside = mean > 0 && mean < 1 && standardError > 0;
  const effectiveRows = inside ? Math.min(rows, (mean * (1 - mean)) / standardError ** 2) : customers;
  return { ...wilsonInterval(mean * effectiveRows, effectiveRows, level), value: mean, rows, customers, effectiveRows };
}
