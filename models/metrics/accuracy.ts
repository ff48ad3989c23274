import { orderByScore } from './roc.ts';

const weightOf = (weight: ArrayLike<number> | null, row: number): number => (weight === null ? 1 : weight[row]!);

/** Mean log-loss (cross-entropy, natural logarithm) of PDs, cut to [1e-15, 1 - 1e-15]. */
export function logLoss(
  pd: ArrayLike<number>,
  bad: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
): number {
  let loss = 0;
  let mass = 0;
  for (let i = 0; i < pd.length; i++) {
    const p = Math.min(1 - 1e-15, Math.max(1e-15, pd[i]!));
    const w = weightOf(weight, i);
    loss -= w * (bad[i] === 1 ? Math.log(p) : Math.log1p(-p));
    mass += w;
  }
  return loss / mass;
}

/** Brier score: mean squared difference of PD and outcome. */
export function brier(pd: ArrayLike<number>, bad: ArrayLike<number>, weight: ArrayLike<number> | null = null): number {
  let sum = 0;
  let mass = 0;
  for (let i = 0; i < pd.length; i++) {
    const w = weightOf(weight, i);
    sum += w * (pd[i]! - bad[i]!) ** 2;
    mass += w;
  }
  return sum / mass;
}

export interface BrierParts {
  /** Distance of bin default rates from bin mean PDs: less is better. */
  readonly reliability: number;
  /** Spread of bin default rates: more is better. */
  readonly resolution: number;
  /** Variance of the outcome. */
  readonly uncertainty: number;
  /** What lies within bins: variance of PDs minus twice their covariance with the outcome (Stephenson et al. 2008). */
  readonly withinBins: number;
}

/** Murphy's (1973) decomposition over bins of equal count: Brier = reliability - resolution + uncertainty + withinBins, exactly. */
export function brierParts(pd: ArrayLike<number>, bad: ArrayLike<number>, bins = 10): BrierParts {
  const n = pd.length;
  let badsAll = 0;
  for (let i = 0; i < n; i++) badsAll += bad[i]!;
  const rate = badsAll / n;
  let reliability = 0;
  let resolution = 0;
  let withinBins = 0;
  for (const group of equalCountGroups(pd, bins)) {
    const size = group.length;
    let meanPd = 0;
    let meanBad = 0;
    for (const row of group) {
      meanPd += pd[row]! / size;
      meanBad += bad[row]! / size;
    }
    reliability += (size / n) * (meanPd - meanBad) ** 2;
    resolution += (size / n) * (meanBad - rate) ** 2;
    for (const row of group) {
      const d = pd[row]! - meanPd;
      withinBins += (d * d - 2 * d * (bad[row]! - meanBad)) / n;
    }
  }
  return { reliability, resolution, uncertainty: rate * (1 - rate), withinBins };
}

/**
 * Rows in ascending order of score in `bins` groups of nearly equal count; equal scores stay in one group, so there may be fewer groups.
 */
export function equalCountGroups(scores: ArrayLike<number>, bins: number): number[][] {
  const order = orderByScore(scores);
  const n = order.length;
  const groups: number[][] = [];
  let current: number[] = [];
  for (let k = 0; k < n; k++) {
    current.push(order[k]!);
    const tied = k + 1 < n && scores[order[k + 1]!] === scores[order[k]!];
    const due = k + 1 >= Math.round(((groups.length + 1) * n) / bins);
    if (due && !tied) {
      groups.push(current);
      current = [];
      // A long tie may have passed several boundaries: skip them.
      while (groups.length < bins - 1 && k + 1 >= Math.round(((groups.length + 1) * n) / bins)) bins--;
    }
  }
  if (current.length > 0) groups.push(current);
  return groups;
}

/** Lift of the `share` of rows that score highest: their default rate over that of all; rows tied at the edge count in part. */
export function liftAt(scores: ArrayLike<number>, bad: ArrayLike<number>, share: number): number {
  const n = scores.length;
  const take = share * n;
  const order = orderByScore(scores);
  let taken = 0;
  let bads = 0;
  let badsAll = 0;
  for (let i = 0; i < n; i++) badsAll += bad[i]!;
  for (let end = n; end > 0 && taken < take;) {
    let start = end;
    let tied = 0;
    while (start > 0 && scores[order[start - 1]!] === scores[order[end - 1]!]) tied += bad[order[--start]!]!;
    const count = end - start;
    const part = Math.min(1, (take - taken) / count);
    bads += part * tied;
    taken += part * count;
    end = start;
  }
  return bads / taken / (badsAll / n);
}

export interface CutoffOutcome {
  readonly cutoff: number;
  /** Share of rows at or above the cutoff. */
  readonly flagged: number;
  /** Share of flagged rows that are bad, or null where none is flagged. */
  readonly precision: number | null;
  /** Share of bads that are flagged, or null where there is none. */
  readonly recall: number | null;
}

/** Precision and recall of flagging every row whose PD is at least `cutoff`. */
export function atCutoff(pd: ArrayLike<number>, bad: ArrayLike<number>, cutoff: number): CutoffOutcome {
  let flagged = 0;
  let hits = 0;
  let bads = 0;
  for (let i = 0; i < pd.length; i++) {
    bads += bad[i]!;
    if (pd[i]! < cutoff) continue;
    flagged++;
    hits += bad[i]!;
  }
  return {
    cutoff,
    flagged: pd.length > 0 ? flagged / pd.length : 0,
    precision: flagged > 0 ? hits / flagged : null,
    recall: bads > 0 ? hits / bads : null,
  };
}
