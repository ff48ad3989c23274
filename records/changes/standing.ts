import type { DecisionInForce, Override } from '../../rating/index.ts';
import type { LimitState, OverrideInForce, RatedFacts } from './change.ts';

/** All of a customer that decides what is in force: the newest rating that speaks for the present, whether its validity has ended, and the overrides of their ratings. */
export interface Standing {
  /** Null: there is none, or it was erased. */
  readonly rated: { readonly ratingId: string; readonly facts: RatedFacts } | null;
  readonly isExpired: boolean;
  /** By the rating that they are of, each as its last step left it. */
  readonly overrides: ReadonlyMap<string, Override>;
}

export const NOTHING_STANDS: Standing = { rated: null, isExpired: false, overrides: new Map() };

/** The override or verdict in force with a customer's rating at an instant, and what it changes, or null: rating/overrides says (`overrideInForce`). */
export type OverrideOf = (
  overrides: readonly Override[],
  rating: {
    readonly ratingId: string;
    readonly decision: NonNullable<RatedFacts['decided']>['made'];
    readonly limit: LimitState;
  },
  at: string,
) => DecisionInForce | null;

/**
 * What is in force at an instant: limit, terms and hold of the newest rating; under an override what a person decided in their place; no limit once the rating's validity has ended.
 * Null where no rating stands.
 */
export function inForceAt(
  { rated, isExpired, overrides }: Standing,
  at: string,
  overrideOf: OverrideOf,
): RatedFacts | null {
  if (rated === null) return null;
  const { ratingId, facts } = rated;
  if (facts.decided === null) return facts;
  const { made, limit } = facts.decided;
  const inForce =
    overrides.size === 0 ? null : overrideOf([...overrides.values()], { ratingId, decision: made, limit }, at);
  const decided = inForce === null ? facts.decided : overridden(facts.decided, inForce);
  return { ...facts, decided: isExpired ? { ...decided, limit: noLimit(decided.limit) } : decided };
}

function overridden(
  decided: NonNullable<RatedFacts['decided']>,
  { override: made, limit: set, terms }: DecisionInForce,
): NonNullable<RatedFacts['decided']> {
  const { ratingId, expiresAt, from, to, verdict, review } = made;
  const override: OverrideInForce = {
    ratingId,
    expiresAt,
    ...(verdict === undefined ? {} : { caseId: verdict.caseId }),
    ...(review === undefined ? {} : { reviewId: review.reviewId }),
  };
  return {
    ...decided,
    limit: set === null ? decided.limit : { ...decided.limit, ...set, override },
    terms: terms === null ? decided.terms : { ...terms, override },
    // A limit that a review lowered leaves the hold as it is.
    hold:
      from === to && review !== undefined
        ? decided.hold
        : { held: to === 'decline', outcome: to, causes: causesOf(made), override },
  };
}

/** Codes of why a person decided so. */
function causesOf({ reasonCode, verdict }: Override): readonly string[] {
  return verdict?.reasons.map(({ code }) => code) ?? [reasonCode];
}

function noLimit(limit: LimitState): LimitState {
  return { ...limit, totalMinor: 0, availableMinor: 0 };
}
