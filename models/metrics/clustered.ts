import { placements, type AucDifference, type AucInterval } from './delong.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { auc } from './roc.ts';

/** Sums of centred placements of bads and goods by customer, each divided by its number of rows. */
function clusterSums(scores: ArrayLike<number>, bad: ArrayLike<number>, cluster: ArrayLike<number>, area: number) {
  const placed = placements(scores, bad);
  let bads = 0;
  for (let i = 0; i < placed.length; i++) bads += bad[i]!;
  const goods = placed.length - bads;
  const sums = new Map<number, { bad: number; good: number; bads: number; goods: number }>();
  for (let i = 0; i < placed.length; i++) {
    const sum = sums.get(cluster[i]!) ?? { bad: 0, good: 0, bads: 0, goods: 0 };
    if (bad[i] === 1) {
      sum.bad += (placed[i]! - area) / bads;
      sum.bads++;
    } else {
      sum.good += (placed[i]! - area) / goods;
      sum.goods++;
    }
    sums.set(cluster[i]!, sum);
  }
  return sums;
}

interface ClusterParts {
  readonly bad: number;
  readonly good: number;
  readonly bads: number;
  readonly goods: number;
}

/** Obuchowski's variance: of bads, of goods, and twice the covariance of the two within a customer, each with its own small-sample factor. */
function combine(sums: Iterable<ClusterParts>): number {
  let withBad = 0;
  let withGood = 0;
  let customers = 0;
  let squaresBad = 0;
  let squaresGood = 0;
  let products = 0;
  for (const sum of sums) {
    customers++;
    if (sum.bads > 0) withBad++;
    if (sum.goods > 0) withGood++;
    squaresBad += sum.bad * sum.bad;
    squaresGood += sum.good * sum.good;
    products += sum.bad * sum.good;
  }
  const factor = (count: number): number => (count > 1 ? count / (count - 1) : 1);
  return Math.max(0, factor(withBad) * squaresBad + factor(withGood) * squaresGood + 2 * factor(customers) * products);
}

/**
 * AUC with an interval for rows that are clustered by customer (Obuchowski 1997); equals DeLong's where every customer has one row.
 */
export function clusteredInterval(
  scores: ArrayLike<number>,
  bad: ArrayLike<number>,
  cluster: ArrayLike<number>,
  level = 0.95,
): AucInterval {
  const value = auc(scores, bad);
  const standardError = Math.sqrt(combine(clusterSums(scores, bad, cluster, value).values()));
  const reach = normalQuantile(0.5 + level / 2) * standardError;
  return { auc: value, standardError, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
}

/** Paired comparison of two scores on the same clustered rows (Obuchowski 1997). */
export function pairedClustered(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  bad: ArrayLike<number>,
  cluster: ArrayLike<number>,
  level = 0.95,
): AucDifference {
  const areaA = auc(a, bad);
  const areaB = auc(b, bad);
  const ofB = clusterSums(b, bad, cluster, areaB);
  const differences = [...clusterSums(a, bad, cluster, areaA)].map(([customer, sum]): ClusterParts => {
    const other = ofB.get(customer)!;
    return { bad: sum.bad - other.bad, good: sum.good - other.good, bads: sum.bads, goods: sum.goods };
  });
  const standardError = Math.sqrt(combine(differences));
  const difference = areaA - areaB;
  const reach = normalQuantile(0.5 + level / 2) * standardError;
  const pValue = standardError > 0 ? 2 * normalCdf(-Math.abs(difference / standardError)) : 1;
  return { difference, standardError, low: difference - reach, high: difference + reach, pValue };
}
