import { clusteredMean } from './clustered-mean.ts';

/**
 * What accepting an application earns or loses, per unit of its exposure. Data: a lender puts its own figures in.
 * The break-even PD follows from it, so no outcome is looked at to set the cutoff.
 */
export interface ProfitModel {
  /** Margin earned on one that is repaid, as a share of exposure. */
  readonly gain: number;
  /** Loss given default, as a share of exposure. */
  readonly lossGivenDefault: number;
}

/** A margin of 10 % and the 45 % of Basel's foundation approach for senior unsecured claims: accept below a PD of 18.2 %. */
export const DEFAULT_PROFIT: ProfitModel = { gain: 0.1, lossGivenDefault: 0.45 };

/** The PD at which accepting neither earns nor loses: gain / (gain + LGD) (Elkan 2001). Accept below it. */
export function breakEvenPd({ gain, lossGivenDefault }: ProfitModel): number {
  return gain / (gain + lossGivenDefault);
}

/** Rows on which decisions are valued; without exposure each row counts 1, without cluster each is a customer of its own. */
export interface DecisionRows {
  readonly bad: ArrayLike<number>;
  readonly exposure?: ArrayLike<number> | null;
  readonly weight?: ArrayLike<number> | null;
  readonly cluster?: ArrayLike<number> | null;
}

export interface Profit {
  /** Weighted share of rows whose PD lies below the cutoff. */
  readonly accepted: number;
  /** Mean profit of an application, accepted or not (a refused one earns 0), in units of exposure. */
  readonly perApplication: number;
}

/** The value of accepting where PD < cutoff, outcomes known. */
export function profitAtCutoff(
  pd: ArrayLike<number>,
  rows: DecisionRows,
  profit: ProfitModel = DEFAULT_PROFIT,
  cutoff = breakEvenPd(profit),
): Profit {
  let accepted = 0;
  let earned = 0;
  let mass = 0;
  for (let i = 0; i < pd.length; i++) {
    const weight = rows.weight?.[i] ?? 1;
    mass += weight;
    if (!(pd[i]! < cutoff)) continue;
    accepted += weight;
    earned += weight * valueOf(i, rows, profit);
  }
  return { accepted: accepted / mass, perApplication: earned / mass };
}

function valueOf(i: number, { bad, exposure }: DecisionRows, { gain, lossGivenDefault }: ProfitModel): number {
  return (exposure?.[i] ?? 1) * (bad[i] === 1 ? -lossGivenDefault : gain);
}

export interface ProfitDifference {
  /** Mean profit per application of `a` minus that of `b`. */
  readonly difference: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Customers with a row that one accepts and the other refuses, by whether such a row was bad. Only they tell the two apart. */
  readonly decidedOtherwise: { readonly good: number; readonly bad: number };
}

/**
 * Paired difference of the profit of two models' decisions at one cutoff, with the interval of a mean, clustered by customer. The interval is a normal one: see `decidedOtherwise` for what stands behind it.
 */
export function pairedProfit(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  rows: DecisionRows,
  profit: ProfitModel = DEFAULT_PROFIT,
  cutoff = breakEvenPd(profit),
  level = 0.95,
): ProfitDifference {
  const apart = new Float64Array(a.length);
  const goods = new Set<number>();
  const bads = new Set<number>();
  for (let i = 0; i < a.length; i++) {
    const decided = Number(a[i]! < cutoff) - Number(b[i]! < cutoff);
    if (decided === 0) continue;
    apart[i] = decided * valueOf(i, rows, profit);
    (rows.bad[i] === 1 ? bads : goods).add(rows.cluster?.[i] ?? i);
  }
  const { mean, ...interval } = clusteredMean(apart, rows.weight, rows.cluster, level);
  return { difference: mean, ...interval, decidedOtherwise: { good: goods.size, bad: bads.size } };
}
