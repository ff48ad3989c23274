import {
  clusterBootstrap,
  clusteredShare,
  ClusterTotals,
  DEFAULT_PROFIT,
  type Bounded,
  type ClusteredShare,
} from '../../models/metrics/index.ts';
import { approves, EffectTally, lentBy, type Decision, type PairedEffect } from '../decision/index.ts';

/** A past decision beside the alternative's, and what is known of what came of it. */
export interface PairedDecision {
  /** Decisions of one customer are not independent; null: a customer of its own. */
  readonly customer: string | null;
  readonly was: Decision;
  readonly is: Decision;
  /** Whether credit was given in the end, persons' verdicts and overrides included. */
  readonly granted: boolean;
  /** Of granted credit whose window has closed: whether the customer defaulted. Null: not known. */
  readonly bad: boolean | null;
}

export interface SimulationOptions {
  /** Earned on credit that is repaid, as a share of its amount. */
  readonly margin?: number;
  /** Bootstrap draws of customers, and their seed. */
  readonly draws?: number;
  readonly seed?: number | string;
  readonly level?: number;
  /** Customers with known outcomes below which a realised rate is marked as too few to go by. */
  readonly least?: number;
}

/** How a decision stands: `approved` with or without conditions, by itself. */
export type Standing = 'approved' | 'referred' | 'declined';
export const STANDINGS = ['approved', 'referred', 'declined'] as const satisfies readonly Standing[];

/** Decisions that went from one standing to another. Amounts in minor units. */
export interface SwapCell {
  readonly from: Standing;
  readonly to: Standing;
  readonly count: number;
  readonly requestedMinor: number;
  readonly lentBeforeMinor: number;
  readonly lentAfterMinor: number;
  /** Mean final PD, before and after. */
  readonly meanPdBefore: number;
  readonly meanPdAfter: number;
  /** Default rate of those with known outcomes; null where none is known. */
  readonly realised: (ClusteredShare & { readonly enough: boolean }) | null;
}

/** A figure before and after, and the difference, each with its interval. */
export interface Compared {
  readonly before: Bounded;
  readonly after: Bounded;
  readonly difference: Bounded;
}

/** Profit after less profit before where outcomes count as far as they are known: between the two lies what they allow. */
export interface ProfitBounds {
  /** All outcomes that are not known go against the alternative. */
  readonly lowest: Bounded;
  /** All go in its favour. */
  readonly highest: Bounded;
  /** Decisions that lend otherwise and whose outcome is known, and is not. */
  readonly known: number;
  readonly unknown: number;
}

/** What an alternative would have done to past decisions, and what that is worth as far as it can be known. */
export interface SimulationReport {
  readonly decisions: number;
  readonly customers: number;
  readonly currency: string;
  readonly effect: PairedEffect;
  /** Standing before against standing after; only pairs that occur. */
  readonly swaps: readonly SwapCell[];
  /** Shares approved without a person. */
  readonly approvalRate: Compared;
  /** PD × LGD × EAD of what is lent, each side by its own PD; minor units. */
  readonly expectedLossMinor: Compared;
  /** Expected profit of both sides, by one PD: that of the past decisions, and that of the alternative. Minor units. */
  readonly profitMinor: { readonly byPdBefore: Compared; readonly byPdAfter: Compared };
  /** Null where no outcome is known. */
  readonly realisedProfitMinor: ProfitBounds | null;
  readonly unknown: {
    /** Newly approved to whom no credit was given then: nobody knows what they would have done. */
    readonly neverLent: number;
    /** Credit was given, and its outcome is not known yet. */
    readonly notYetKnown: number;
    /** Newly referred: what a person would have decided is not known; nothing is counted as lent. */
    readonly newlyReferred: number;
  };
  readonly assumptions: {
    readonly margin: number;
    readonly draws: number;
    readonly seed: number | string;
    readonly level: number;
  };
}

/** Outcome as a standing. */
export function standingOf(decision: Pick<Decision, 'outcome'>): Standing {
  return approves(decision) ? 'approved' : decision.outcome === 'refer' ? 'referred' : 'declined';
}

/** Places of the figures that are summed by customer. */
const AT = {
  rows: 0,
  approvedBefore: 1,
  approvedAfter: 2,
  lossBefore: 3,
  lossAfter: 4,
  beforeByBefore: 5,
  afterByBefore: 6,
  beforeByAfter: 7,
  afterByAfter: 8,
  lowest: 9,
  highest: 10,
} as const;

class Cell {
  count = 0;
  requested = 0;
  lentBefore = 0;
  lentAfter = 0;
  pdBefore = 0;
  pdAfter = 0;
  readonly bad: number[] = [];
  readonly customers: number[] = [];
}

/**
 * Adds up past decisions beside an alternative's. Differences are paired: both sides are the same decisions, and customers are drawn whole. A
 * decision that refers lends nothing here, as what a person decides is not known. Profit of a loan is margin × amount where it is repaid, and −LGD × EAD where it is not.
 */
export async function simulationReport(
  pairs: Iterable<PairedDecision> | AsyncIterable<PairedDecision>,
  options: SimulationOptions = {},
): Promise<SimulationReport> {
  const { margin = DEFAULT_PROFIT.gain, draws = 1000, seed = 1, level = 0.95, least = 30 } = options;
  const totals = new ClusterTotals(Object.keys(AT).length);
  const tally = new EffectTally();
  const cells = new Map<string, Cell>();
  const numbers = new Map<string, number>();
  const unknown = { neverLent: 0, notYetKnown: 0, newlyReferred: 0 };
  const realised = { known: 0, unknown: 0, outcomes: 0 };
  let currency = '';
  let decisions = 0;
  for await (const pair of pairs) {
    const { was, is, customer, granted, bad } = pair;
    decisions++;
    currency ||= was.currency.code;
    tally.add(was, is);
    const [from, to] = [standingOf(was), standingOf(is)];
    const cell = cellOf(cells, `${from} ${to}`);
    const [before, after] = [loanOf(was, margin), loanOf(is, margin)];
    cell.count++;
    cell.requested += was.request.amountMinor ?? 0;
    cell.lentBefore += before.amount;
    cell.lentAfter += after.amount;
    cell.pdBefore += was.pd;
    cell.pdAfter += is.pd;
    const known = granted ? bad : null;
    if (known !== null) {
      realised.outcomes++;
      cell.bad.push(known ? 1 : 0);
      const number = customer === null ? -decisions : (numbers.get(customer) ?? numbers.size + 1);
      if (customer !== null) numbers.set(customer, number);
      cell.customers.push(number);
    }
    if (from !== 'approved' && to === 'approved' && !granted) unknown.neverLent++;
    if (granted && bad === null) unknown.notYetKnown++;
    if (from !== 'referred' && to === 'referred') unknown.newlyReferred++;
    const ifGood = after.good - before.good;
    const ifBad = after.bad - before.bad;
    if (ifGood !== 0 || ifBad !== 0) realised[known === null ? 'unknown' : 'known']++;
    const row = new Float64Array(totals.measures);
    row[AT.rows] = 1;
    row[AT.approvedBefore] = Number(from === 'approved');
    row[AT.approvedAfter] = Number(to === 'approved');
    row[AT.lossBefore] = lentBy(was).expectedLossMinor;
    row[AT.lossAfter] = lentBy(is).expectedLossMinor;
    row[AT.beforeByBefore] = expected(before, was.pd);
    row[AT.afterByBefore] = expected(after, was.pd);
    row[AT.beforeByAfter] = expected(before, is.pd);
    row[AT.afterByAfter] = expected(after, is.pd);
    row[AT.lowest] = known === null ? Math.min(ifGood, ifBad) : known ? ifBad : ifGood;
    row[AT.highest] = known === null ? Math.max(ifGood, ifBad) : known ? ifBad : ifGood;
    totals.add(customer, row);
  }
  const figure = (at: number) => (sums: Float64Array) => sums[at]!;
  const share = (at: number) => (sums: Float64Array) => sums[at]! / sums[AT.rows]!;
  const compared = (of: typeof figure, before: number, after: number) => [
    of(before),
    of(after),
    (sums: Float64Array) => of(after)(sums) - of(before)(sums),
  ];
  const found = clusterBootstrap(
    totals,
    [
      ...compared(share, AT.approvedBefore, AT.approvedAfter),
      ...compared(figure, AT.lossBefore, AT.lossAfter),
      ...compared(figure, AT.beforeByBefore, AT.afterByBefore),
      ...compared(figure, AT.beforeByAfter, AT.afterByAfter),
      figure(AT.lowest),
      figure(AT.highest),
    ],
    { draws, seed, level },
  );
  const at = (place: number): Bounded => found[place] as Bounded;
  const three = (place: number): Compared => ({ before: at(place), after: at(place + 1), difference: at(place + 2) });
  return {
    decisions,
    customers: totals.customers,
    currency,
    effect: tally.effect(),
    swaps: swapCells(cells, level, least),
    approvalRate: three(0),
    expectedLossMinor: three(3),
    profitMinor: { byPdBefore: three(6), byPdAfter: three(9) },
    realisedProfitMinor:
      realised.outcomes === 0
        ? null
        : { lowest: at(12), highest: at(13), known: realised.known, unknown: realised.unknown },
    unknown,
    assumptions: { margin, draws, seed, level },
  };
}

/** What a decision lends, and what that brings if it is repaid and if it is not; minor units. */
function loanOf(
  decision: Decision,
  margin: number,
): { readonly amount: number; readonly good: number; readonly bad: number } {
  const { amountMinor: amount } = lentBy(decision);
  const { lgd, eadMinor } = decision.priceFloor;
  const asked = decision.limit.requestedMinor ?? 0;
  if (amount === 0) return { amount: 0, good: 0, bad: 0 };
  return { amount, good: margin * amount, bad: -lgd * (eadMinor ?? 0) * (amount / asked) };
}

const expected = ({ good, bad }: { readonly good: number; readonly bad: number }, pd: number): number =>
  (1 - pd) * good + pd * bad;

function cellOf(cells: Map<string, Cell>, key: string): Cell {
  let cell = cells.get(key);
  if (cell === undefined) cells.set(key, (cell = new Cell()));
  return cell;
}

function swapCells(cells: ReadonlyMap<string, Cell>, level: number, least: number): SwapCell[] {
  return STANDINGS.flatMap((from) =>
    STANDINGS.flatMap((to): SwapCell[] => {
      const cell = cells.get(`${from} ${to}`);
      if (cell === undefined) return [];
      const share = cell.bad.length === 0 ? null : clusteredShare(cell.bad, cell.customers, level);
      return [
        {
          from,
          to,
          count: cell.count,
          requestedMinor: cell.requested,
          lentBeforeMinor: cell.lentBefore,
          lentAfterMinor: cell.lentAfter,
          meanPdBefore: cell.pdBefore / cell.count,
          meanPdAfter: cell.pdAfter / cell.count,
          realised: share === null ? null : { ...share, enough: share.customers >= least },
        },
      ];
    }),
  );
}
