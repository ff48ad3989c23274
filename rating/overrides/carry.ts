import { majorOf, OUTCOMES, type Decision } from '../decision/index.ts';
import { isLoosening, type Override } from './override.ts';
import type { OverridePolicy } from './policy.ts';

/** Why an override that still stands does not hold for a later decision on the same customer. */
export type NotCarried =
  /** Model and rules say so by themselves now. */
  | 'same-outcome'
  /** The later decision goes to a person anyway. */
  | 'referred'
  /** A cause that nobody may override asks for a worse outcome. */
  | 'barred'
  /** Model and rules decide worse than what the person looked at. */
  | 'worse-decision'
  /** What is asked for, with what is owed, is more than the override was for. */
  | 'more-exposure';

/** What a decision says that overrides of earlier ratings are held against. Amounts in minor units. */
export interface LaterDecision {
  readonly outcome: Decision['outcome'];
  readonly causes: readonly { readonly code: string; readonly outcome: Decision['outcome'] }[];
  readonly requestMinor: number | null;
  readonly existingMinor: number;
  readonly minorDigits: number;
}

/** What a decision says that overrides of earlier ratings are held against. */
export function laterDecision({
  outcome,
  causes,
  request,
  limit,
  currency,
}: Pick<Decision, 'outcome' | 'causes' | 'request' | 'limit' | 'currency'>): LaterDecision {
  return {
    outcome,
    causes,
    requestMinor: request.amountMinor,
    existingMinor: limit.existingMinor,
    minorDigits: currency.minorDigits,
  };
}

const rank = (outcome: Decision['outcome']): number => OUTCOMES.indexOf(outcome);

/**
 * Whether an override that stands holds for a later decision on the same customer as well (null), or why not. A person allowed what they saw: towards a better outcome it
 * holds for decisions that are no worse than the overridden one, up to the exposure that it was for. Towards a worse outcome it holds until it expires or is revoked.
 */
export function notCarried(
  override: Pick<Override, 'from' | 'to' | 'exposure'>,
  later: LaterDecision,
  { never }: Pick<OverridePolicy, 'never'>,
): NotCarried | null {
  if (later.outcome === 'refer') return 'referred';
  if (!isLoosening(override)) return rank(later.outcome) >= rank(override.to) ? 'same-outcome' : null;
  if (rank(later.outcome) <= rank(override.to)) return 'same-outcome';
  if (later.causes.some(({ code, outcome }) => never.includes(code) && rank(outcome) > rank(override.to)))
    return 'barred';
  if (rank(later.outcome) > rank(override.from)) return 'worse-decision';
  const stake = (later.requestMinor ?? 0) + later.existingMinor;
  if (majorOf(stake, later.minorDigits) > (override.exposure ?? 0)) return 'more-exposure';
  return null;
}

/**
 * What may be drawn now, in minor units, where an override holds: its amount, at most what is asked for; nothing where it declines. Null: a worse outcome that still
 * lends leaves what the limit grants.
 */
export function grantedUnder(
  { from, to, amountMinor }: Pick<Override, 'from' | 'to' | 'amountMinor'>,
  { request, limit }: Pick<Decision, 'request' | 'limit'>,
): number | null {
  if (to === 'decline') return request.amountMinor === null ? null : 0;
  if (!isLoosening({ from, to })) return limit.grantedMinor;
  return amountMinor === null ? null : Math.min(amountMinor, request.amountMinor ?? amountMinor);
}
