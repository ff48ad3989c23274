import { limitUnder, notCarried, termsUnder, type LaterDecision, type NotCarried } from './carry.ts';
import { standsAt, type Override } from './override.ts';
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
  const own = overrides.find(({ ratingId }) => ratingId === rating.ratingId);
  if (own !== undefined) return { override: own, carried: false, inForce: standsAt(own, at), notCarried: null };
  const [earlier] = overrides
    .filter((one) => sequenceOf(one.ratingId) < sequenceOf(rating.ratingId) && standsAt(one, at))
    .sort((a, b) => sequenceOf(b.ratingId) - sequenceOf(a.ratingId));
  return earlier === undefined ? null : carriedTo(earlier, rating.decision, policy);
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
