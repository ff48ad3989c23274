import { limitUnder, notCarried, termsUnder, type LaterDecision, type NotCarried } from './carry.ts';
import { partsOf, standsAt, type Override } from './override.ts';
import type { OverridePolicy } from './policy.ts';

/** The override to look at with a rating: its own, or one of an earlier rating of the customer that still stands. */
export interface OverrideSeen {
  readonly override: Override;
  readonly carried: boolean;
  /** Whether it takes the place of this rating's decision now. */
  readonly inForce: boolean;
  /** Why one of an earlier rating that stands does not hold here. */
  readonly notCarried: NotCarried | null;
}

/**
 * The override to look at with a customer's rating at an instant: its own where it has one, in force or not; else the newest of the earlier ratings that stands, where it holds for this decision.
 * `overrides`: of the customer's ratings, each as its last step left it, in any order.
 */
export function overrideSeen(
  overrides: readonly Override[],
  rating: { readonly ratingId: string; readonly decision: LaterDecision },
  at: string,
  policy: Pick<OverridePolicy, 'never'>,
): OverrideSeen | null {
  const own = overrides.find(({ ratingId }) => ratingId === rating.ratingId) ?? null;
  const earlier = overrides
    .filter((one) => sequenceOf(one.ratingId) < sequenceOf(rating.ratingId))
    .sort((a, b) => sequenceOf(b.ratingId) - sequenceOf(a.ratingId));
  return seenOf(own, earlier, rating.decision, at, policy);
}

/**
 * The same of the rating's own override and those of earlier ratings, the newest rating first. The sign-off of a review caps what a person decided, model and rules included, or declines where it ended credit, and changes nothing else.
 * In its place holds alone what a person lent after it: that amount, and no more.
 */
export function seenOf(
  own: Override | null,
  earlier: readonly Override[],
  decision: LaterDecision,
  at: string,
  policy: Pick<OverridePolicy, 'never'>,
): OverrideSeen | null {
  const mine = own === null ? [] : partsOf(own);
  const others = earlier.flatMap(partsOf).filter((one) => standsAt(one, at));
  const decided = decidedOf(mine, others, decision, at, policy);
  const [reviewed] = [...mine, ...others]
    .filter((one) => one.review !== undefined && standsAt(one, at))
    .sort((a, b) => compare(b.stoodFrom, a.stoodFrom));
  if (!reviewed?.review) return decided ?? (own === null ? null : { ...held(own, false), inForce: false });
  const { outcome } = decision;
  const carried = !mine.includes(reviewed);
  const holds = decided?.inForce === true;
  if (holds && compare(decided.override.stoodFrom, reviewed.stoodFrom) > 0) {
    const { to, amountMinor } = decided.override;
    if (to === 'decline') return decided;
    if (amountMinor !== null) return { ...decided, override: { ...decided.override, insteadOf: reviewed.review } };
  }
  if (reviewed.review.conclusion === 'end') {
    const ends = held({ ...reviewed, from: outcome, to: 'decline' }, carried);
    return outcome === 'decline' && !holds ? { ...ends, inForce: false, notCarried: 'same-outcome' } : ends;
  }
  if (holds) return { ...decided, override: { ...decided.override, review: reviewed.review } };
  if (outcome === 'refer' || outcome === 'decline')
    return (
      decided ?? {
        ...held(reviewed, carried),
        inForce: false,
        notCarried: outcome === 'refer' ? 'referred' : 'same-outcome',
      }
    );
  return held({ ...reviewed, from: outcome, to: outcome }, carried);
}

/** Instants in order; null, before all. */
const compare = (a: string | null, b: string | null): number => {
  const [one, other] = [a ?? '', b ?? ''];
  return one < other ? -1 : one > other ? 1 : 0;
};

const held = (override: Override, carried: boolean): OverrideSeen => ({
  override,
  carried,
  inForce: true,
  notCarried: null,
});

/** What a person decided: an override, or the verdict of a case. */
function decidedOf(
  mine: readonly Override[],
  earlier: readonly Override[],
  decision: LaterDecision,
  at: string,
  policy: Pick<OverridePolicy, 'never'>,
): OverrideSeen | null {
  const byPerson = ({ review }: Override): boolean => review === undefined;
  const own = mine.find(byPerson);
  if (own !== undefined) return { ...held(own, false), inForce: standsAt(own, at) };
  const newest = earlier.find(byPerson);
  return newest === undefined ? null : carriedTo(newest, decision, policy);
}

/** An override or verdict that takes the place of a decision, and what it changes of it: null, nothing. Amounts in minor units. */
export interface DecisionInForce {
  readonly override: Override;
  readonly limit: ReturnType<typeof limitUnder>;
  readonly terms: ReturnType<typeof termsUnder>;
}

/** Tells which of a customer's overrides and verdicts is in force with a rating at an instant, and what it changes, or null, by the policy's data. */
export function overrideInForce(policy: Pick<OverridePolicy, 'never'>) {
  return (
    overrides: readonly Override[],
    rating: {
      readonly ratingId: string;
      readonly decision: LaterDecision;
      readonly limit: { readonly totalMinor: number; readonly availableMinor: number };
    },
    at: string,
  ): DecisionInForce | null => {
    const seen = overrideSeen(overrides, rating, at, policy);
    if (seen?.inForce !== true) return null;
    const { override } = seen;
    const limit = limitUnder(override, { ...rating.limit, existingMinor: rating.decision.existingMinor });
    return { override, limit, terms: termsUnder(override) };
  };
}

/** One of an earlier rating that stands, held against a later decision. */
export function carriedTo(
  override: Override,
  later: LaterDecision,
  policy: Pick<OverridePolicy, 'never'>,
): OverrideSeen {
  const why = notCarried(override, later, policy);
  return { override, carried: true, inForce: why === null, notCarried: why };
}

/** The place in the audit chain that a rating's id begins with. */
const sequenceOf = (ratingId: string): number => Number.parseInt(ratingId, 10);
