import { majorOf, type Decision, type DecisionCause } from '../decision/index.ts';
import type { Askers } from './askers.ts';
import type { NewCase } from './case.ts';

/** A recorded decision, as it was given or as its evidence holds it. */
export interface RecordedDecision {
  readonly ratingId: string;
  readonly outcome: Decision['outcome'];
  readonly causes: readonly Pick<DecisionCause, 'code' | 'outcome'>[];
  readonly currency: Pick<Decision['currency'], 'minorDigits'>;
  /** What was asked for, in minor units; null: no amount. */
  readonly amountMinor: number | null;
  /** The limit by rules, minor units. */
  readonly limit: Pick<Decision['limit'], 'existingMinor' | 'availableMinor'>;
  readonly customerId: string | null;
  readonly askers: Askers;
}

/**
 * The case that a decision opens: null unless it refers to a person. The case has the id of its rating. Where no amount is asked for, as much is at stake as the limit by
 * rules leaves.
 */
export function referral(decision: RecordedDecision): NewCase | null {
  if (decision.outcome !== 'refer') return null;
  const { ratingId, amountMinor, limit, currency, customerId, askers } = decision;
  const asked = amountMinor ?? limit.availableMinor;
  const codes = decision.causes.filter(({ outcome }) => outcome === 'refer').map(({ code }) => code);
  return {
    caseId: ratingId,
    ratingId,
    customerId,
    exposure: majorOf(asked + limit.existingMinor, currency.minorDigits),
    asked: majorOf(asked, currency.minorDigits),
    causes: [...new Set(codes)],
    ...askers,
  };
}
