import type { Override } from '../../rating/index.ts';
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

/** The override in force with a customer's rating at an instant, or null: rating/overrides says (`overrideSeen`). */
export type OverrideOf = (
  overrides: readonly Override[],
  rating: { readonly ratingId: string; readonly decision: NonNullable<RatedFacts['decided']>['made'] },
  at: string,
) => Override | null;

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
  const override =
    overrides.size === 0 ? null : overrideOf([...overrides.values()], { ratingId, decision: facts.decided.made }, at);
  const decided = override === null ? facts.decided : overridden(facts.decided, override);
  return { ...facts, decided: isExpired ? { ...decided, limit: noLimit(decided.limit) } : decided };
}

function overridden(
  decided: NonNullable<RatedFacts['decided']>,
  { ratingId, expiresAt, to, amountMinor, reasonCode }: Override,
): NonNullable<RatedFacts['decided']> {
  const override: OverrideInForce = { ratingId, expiresAt };
  const { limit, made } = decided;
  const own =
    to === 'decline'
      ? noLimit(limit)
      : amountMinor === null
        ? limit
        : {
            ...limit,
            totalMinor: Math.max(limit.totalMinor, made.existingMinor + amountMinor),
            availableMinor: Math.max(limit.availableMinor, amountMinor),
          };
  return {
    ...decided,
    limit: own === limit ? limit : { ...own, override },
    hold: { held: to === 'decline', outcome: to, causes: [reasonCode], override },
  };
}

function noLimit(limit: LimitState): LimitState {
  return { ...limit, totalMinor: 0, availableMinor: 0 };
}
