import { clusterBootstrap, ClusterTotals, type Bounded } from '../../models/metrics/index.ts';

/** A row in which a warning would count. */
export interface WatchedRow {
  readonly customer: string;
  readonly account: string;
  /** The month of the default that a warning in this row is ahead of; null: the row is good. */
  readonly defaultMonth: number | null;
}

/** Chance, 0 to 1, that a rule warns in each row: whole where it decides, a share where it is randomised between two of its thresholds. */
export type Warned = Float64Array;

/**
 * The rule that warns of the highest scores so that this share of the good rows is warned of, exactly: rows at the threshold are warned of with the same chance.
 * A rule of few values is so compared at any false alarm rate, without luck (Fawcett 2006: points between two thresholds are reached by randomising).
 */
export function warnedAt(score: Float64Array, rows: readonly WatchedRow[], falseAlarmRate: number): Warned {
  const good = Array.from(score).filter((_, i) => rows[i]!.defaultMonth === null);
  good.sort((a, b) => b - a);
  const alarms = falseAlarmRate * good.length;
  const threshold = good[Math.min(good.length - 1, Math.floor(alarms))] ?? Number.POSITIVE_INFINITY;
  let above = 0;
  let at = 0;
  for (const value of good) {
    if (value > threshold) above++;
    else if (value === threshold) at++;
  }
  const chance = at === 0 ? 0 : Math.min(1, Math.max(0, (alarms - above) / at));
  return score.map((value) => (value > threshold ? 1 : value === threshold ? chance : 0));
}

export interface Ahead {
  /** Share of defaults with at least one warning in the rows ahead of them. */
  readonly warnedAhead: Bounded;
  /** Less that of the rule compared with. */
  readonly difference: Bounded;
  /** Median months from the first warning to the default, over the defaults that were warned of. */
  readonly leadMonths: number;
  readonly defaults: number;
}

/** The share of defaults that a rule warned of ahead, and its difference to another rule's, with intervals by bootstrap of whole customers. */
export function aheadOf(
  rows: readonly (WatchedRow & { readonly month: number })[],
  rule: Warned,
  other: Warned,
  { draws = 2000, seed = 1 }: { readonly draws?: number; readonly seed?: number } = {},
): Ahead {
  const defaults = new Map<
    string,
    { customer: string; month: number; missed: number; missedByOther: number; first: number | null }
  >();
  rows.forEach(({ account, customer, defaultMonth, month }, i) => {
    if (defaultMonth === null) return;
    const one = defaults.get(account) ?? { customer, month: defaultMonth, missed: 1, missedByOther: 1, first: null };
    one.missed *= 1 - rule[i]!;
    one.missedByOther *= 1 - other[i]!;
    if (rule[i]! > 0.5 && (one.first === null || month < one.first)) one.first = month;
    defaults.set(account, one);
  });
  const totals = new ClusterTotals(3);
  for (const { customer, missed, missedByOther } of defaults.values())
    totals.add(customer, [1, 1 - missed, 1 - missedByOther]);
  const [warnedAhead, difference] = clusterBootstrap(totals, [(t) => t[1]! / t[0]!, (t) => (t[1]! - t[2]!) / t[0]!], {
    draws,
    seed,
  });
  const leads = [...defaults.values()]
    .flatMap(({ first, month }) => (first === null ? [] : [month - first]))
    .sort((a, b) => a - b);
  return {
    warnedAhead: warnedAhead!,
    difference: difference!,
    leadMonths: leads[Math.floor(leads.length / 2)] ?? Number.NaN,
    defaults: defaults.size,
  };
}
