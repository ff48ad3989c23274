import {
  clusteredDifference,
  clusteredMean,
  clusteredShare,
  DEFAULT_PROFIT,
  type Bounded,
  type ClusteredShare,
  type MeanInterval,
} from '../../models/metrics/index.ts';
import { approves, type Outcome } from '../decision/index.ts';
import type { OverrideTarget } from './override.ts';

/** A decision that a person overrode, and what came of it. Amounts in one unit. */
export interface OverriddenDecision {
  /** Null: a customer of its own. */
  readonly customer: string | null;
  readonly from: Outcome;
  readonly to: OverrideTarget;
  readonly reasonCode: string;
  /** Final PD of the decision that was overridden. */
  readonly pd: number;
  /** What was lent, or would have been. */
  readonly amount: number;
  readonly lgd: number;
  readonly ead: number;
  /** Whether the customer defaulted; null: not known yet, or never to be known as nothing was lent. */
  readonly bad: boolean | null;
}

/** A decision to lend that nobody overrode. */
export interface OwnDecision {
  readonly customer: string | null;
  readonly bad: boolean | null;
}

export interface MeasureOptions {
  readonly margin?: number;
  readonly level?: number;
  /** Customers with known outcomes below which nothing is concluded. */
  readonly least?: number;
}

/** What may be concluded: of profit, where its whole interval lies on one side of the model's own. */
export type OverrideVerdict = 'too-few' | 'better-than-model' | 'worse-than-model' | 'no-difference-shown';

/** Credit that was given against the decision: outcomes come to be known, and the model's own decision would have earned 0. */
export interface LentAgainst {
  readonly count: number;
  readonly known: number;
  /** Mean PD of those known: the default rate that the model expected. */
  readonly expectedRate: number | null;
  readonly defaultRate: ClusteredShare | null;
  /** Less the default rate of those that the model approved itself, a customer on both sides being a pair; null: fewer than `least` customers on a side. */
  readonly againstOwn: Bounded | null;
  /** Profit of a decision, where its outcome is known. */
  readonly profit: MeanInterval | null;
  readonly verdict: OverrideVerdict;
}

/** Credit that was refused against the decision. Nothing was lent, so no outcome can be known: the profit forgone is bounded, not measured. */
export interface RefusedAgainst {
  readonly count: number;
  readonly expectedRate: number | null;
  /** Profit forgone, in sum: if all had defaulted, by the model's PD, and if none had. */
  readonly forgone: { readonly ifAllBad: number; readonly byPd: number; readonly ifAllGood: number };
}

export interface OverrideMeasure {
  readonly lent: LentAgainst;
  readonly refused: RefusedAgainst;
  /** Overrides between lending and lending on conditions: both lend, and what conditions change is not measured. */
  readonly conditionsOnly: number;
  /** Default rate of those that the model approved and nobody overrode. */
  readonly own: ClusteredShare | null;
  readonly byReason: readonly ({ readonly reasonCode: string } & LentAgainst)[];
}

/**
 * What became of overridden decisions against what model and rules would have done. Intervals are clustered by customer. Overrides are chosen by people who see more than the
 * model does, so a difference tells how good their choices were and not what would have become of others.
 */
export function measureOverrides(
  overridden: readonly OverriddenDecision[],
  own: readonly OwnDecision[],
  { margin = DEFAULT_PROFIT.gain, level = 0.95, least = 30 }: MeasureOptions = {},
): OverrideMeasure {
  const lends = ({ to }: OverriddenDecision): boolean => approves({ outcome: to });
  const would = ({ from }: OverriddenDecision): boolean => approves({ outcome: from });
  const lent = overridden.filter((one) => lends(one) && !would(one));
  const refused = overridden.filter((one) => !lends(one) && would(one));
  const ownRate = shareOf(own, level);
  const measured = (of: readonly OverriddenDecision[]): LentAgainst => lentAgainst(of, own, { margin, level, least });
  const forgone = (value: (one: OverriddenDecision) => number): number =>
    refused.reduce((sum, one) => sum + value(one), 0);
  const reasons = [...new Set(lent.map(({ reasonCode }) => reasonCode))].sort();
  return {
    lent: measured(lent),
    refused: {
      count: refused.length,
      expectedRate: mean(refused.map(({ pd }) => pd)),
      forgone: {
        ifAllBad: forgone((one) => profitOf(one, true, margin)),
        byPd: forgone((one) => one.pd * profitOf(one, true, margin) + (1 - one.pd) * profitOf(one, false, margin)),
        ifAllGood: forgone((one) => profitOf(one, false, margin)),
      },
    },
    conditionsOnly: overridden.length - lent.length - refused.length,
    own: ownRate,
    byReason: reasons.map((reasonCode) => ({
      reasonCode,
      ...measured(lent.filter((one) => one.reasonCode === reasonCode)),
    })),
  };
}

function lentAgainst(
  lent: readonly OverriddenDecision[],
  own: readonly OwnDecision[],
  { margin, level, least }: Required<MeasureOptions>,
): LentAgainst {
  const known = lent.filter(({ bad }) => bad !== null);
  const defaultRate = shareOf(known, level);
  const profit =
    known.length === 0
      ? null
      : clusteredMean(
          known.map((one) => profitOf(one, one.bad === true, margin)),
          null,
          clustersOf(known),
          level,
        );
  return {
    count: lent.length,
    known: known.length,
    expectedRate: mean(known.map(({ pd }) => pd)),
    defaultRate,
    againstOwn: difference(known, own, least, level),
    profit,
    verdict: verdictOf(defaultRate, profit, least),
  };
}

function verdictOf(rate: ClusteredShare | null, profit: MeanInterval | null, least: number): OverrideVerdict {
  // Where everybody fared alike, the profit's interval has no width of its own and shows nothing.
  if (rate === null || profit === null || rate.customers < least) return 'too-few';
  if (rate.value === 0 || rate.value === 1) return 'no-difference-shown';
  return profit.low > 0 ? 'better-than-model' : profit.high < 0 ? 'worse-than-model' : 'no-difference-shown';
}

const profitOf = ({ amount, lgd, ead }: OverriddenDecision, bad: boolean, margin: number): number =>
  bad ? -lgd * ead : margin * amount;

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

function shareOf(rows: readonly OwnDecision[], level: number): ClusteredShare | null {
  const known = rows.filter(({ bad }) => bad !== null);
  if (known.length === 0) return null;
  return clusteredShare(
    known.map(({ bad }) => Number(bad)),
    clustersOf(known),
    level,
  );
}

/** Numbers for customers: rows without one get their own. */
function clustersOf(rows: readonly { readonly customer: string | null }[]): number[] {
  const numbers = new Map<string, number>();
  return rows.map(({ customer }, i) => {
    if (customer === null) return -1 - i;
    const number = numbers.get(customer) ?? numbers.size;
    numbers.set(customer, number);
    return number;
  });
}

/** Of the customers of both sides together, so that one who is on both is the same. */
function difference(
  of: readonly OwnDecision[],
  others: readonly OwnDecision[],
  least: number,
  level: number,
): Bounded | null {
  const known = others.filter(({ bad }) => bad !== null);
  const cluster = clustersOf([...of, ...known]);
  const sides = [of, known].map((rows, side) => ({
    bad: rows.map(({ bad }) => Number(bad)),
    cluster: side === 0 ? cluster.slice(0, of.length) : cluster.slice(of.length),
  }));
  if (sides.some((side) => new Set(side.cluster).size < least)) return null;
  return clusteredDifference(sides[0]!, sides[1]!, level);
}
