import { majorOf, OUTCOMES, type Decision } from '../decision/index.ts';
import type { VerdictTerms } from '../cases/index.ts';
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
  /** Model and rules decide better than what the person, who declined in its case, looked at. */
  | 'better-decision'
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
 * holds for decisions that are no worse than the overridden one, up to the exposure that it was for. Towards a worse outcome it holds until it expires or is revoked. The verdict of a case that approves holds for later referrals by causes
 * that were looked at; one that declines holds for its own rating alone.
 */
export function notCarried(
  override: Pick<Override, 'from' | 'to' | 'exposure' | 'verdict'>,
  later: LaterDecision,
  { never }: Pick<OverridePolicy, 'never'>,
): NotCarried | null {
  if (later.outcome === 'refer' && !looksTheSame(override, later)) return 'referred';
  if (!isLoosening(override) && override.verdict !== undefined)
    return later.outcome === 'decline' ? 'same-outcome' : 'better-decision';
  if (!isLoosening(override)) return rank(later.outcome) >= rank(override.to) ? 'same-outcome' : null;
  if (rank(later.outcome) <= rank(override.to)) return 'same-outcome';
  if (later.causes.some(({ code, outcome }) => never.includes(code) && rank(outcome) > rank(override.to)))
    return 'barred';
  if (rank(later.outcome) > rank(override.from)) return 'worse-decision';
  const stake = (later.requestMinor ?? 0) + later.existingMinor;
  if (majorOf(stake, later.minorDigits) > (override.exposure ?? 0)) return 'more-exposure';
  return null;
}

/** Whether a later referral is by nothing but what was looked at in the case, where that approved. */
function looksTheSame(override: Pick<Override, 'from' | 'to' | 'verdict'>, { causes }: LaterDecision): boolean {
  const { verdict } = override;
  if (verdict === undefined || !isLoosening(override)) return false;
  return causes.every(({ code, outcome }) => outcome !== 'refer' || verdict.causes.includes(code));
}

/** Limits in minor units, as a decision has them. */
type Limits = Pick<Decision['limit'], 'totalMinor' | 'availableMinor' | 'existingMinor'>;
type WithLimit = Pick<Override, 'from' | 'to' | 'amountMinor' | 'verdict' | 'review' | 'insteadOf'>;

/**
 * The limit in force where an override or verdict holds: none where it declines. A verdict sets the limit in total; an override lends its amount on top of what is owed,
 * at least the limit of model and rules, but after the sign-off of a review no more than its amount; what a review lowered it to is the most of any of them. Null: it leaves the decision's.
 */
export function limitUnder(override: WithLimit, limits: Limits): Pick<Limits, 'totalMinor' | 'availableMinor'> | null {
  const set = limitSet(override, limits);
  const { review } = override;
  if (review === undefined) return set;
  const { totalMinor, availableMinor } = set ?? limits;
  return {
    totalMinor: Math.min(totalMinor, review.limitMinor),
    availableMinor: Math.min(availableMinor, Math.max(0, review.limitMinor - limits.existingMinor)),
  };
}

/** Whether the limit that stands is the sign-off's of a review: it leaves less than model, rules and what else a person decided would. */
export function isCapped(override: WithLimit, limits: Limits): boolean {
  const { review, ...uncapped } = override;
  if (review?.conclusion !== 'lower' || override.to === 'decline') return false;
  const { totalMinor, availableMinor } = limitUnder(uncapped, limits) ?? limits;
  const capped = limitUnder(override, limits);
  return capped !== null && (capped.totalMinor < totalMinor || capped.availableMinor < availableMinor);
}

/** Whether the sign-off of a review is why less may be drawn than was asked for. */
export function lendsLess(override: WithLimit, decision: Pick<Decision, 'request' | 'limit'>): boolean {
  const { amountMinor } = decision.request;
  if (amountMinor === null || !isCapped(override, decision.limit)) return false;
  return (grantedUnder(override, decision) ?? amountMinor) < amountMinor;
}

function limitSet(
  { to, amountMinor, verdict, insteadOf }: WithLimit,
  { totalMinor, availableMinor, existingMinor }: Limits,
): Pick<Limits, 'totalMinor' | 'availableMinor'> | null {
  if (to === 'decline') return { totalMinor: 0, availableMinor: 0 };
  if (amountMinor === null) return null;
  if (verdict !== undefined) {
    const left = Math.max(0, verdict.limitMinor - existingMinor);
    return { totalMinor: verdict.limitMinor, availableMinor: Math.min(amountMinor, left) };
  }
  if (insteadOf !== undefined) return { totalMinor: existingMinor + amountMinor, availableMinor: amountMinor };
  return {
    totalMinor: Math.max(totalMinor, existingMinor + amountMinor),
    availableMinor: Math.max(availableMinor, amountMinor),
  };
}

/** The payment terms that a verdict set; null: the decision's hold. */
export function termsUnder({ verdict }: Pick<Override, 'verdict'>): VerdictTerms | null {
  return verdict?.terms ?? null;
}

/**
 * What may be drawn now, in minor units, where an override holds: its amount, at most what is asked for and, under a verdict, what its limit leaves; nothing where it declines. Null: a
 * worse outcome that still lends leaves what the limit grants.
 */
export function grantedUnder(
  override: WithLimit,
  { request, limit }: Pick<Decision, 'request' | 'limit'>,
): number | null {
  const { from, to, amountMinor, verdict, review } = override;
  if (to === 'decline') return request.amountMinor === null ? null : 0;
  if (review !== undefined) {
    const { review: _, ...uncapped } = override;
    const granted = grantedUnder(uncapped, { request, limit });
    return granted === null ? null : Math.min(granted, limitUnder(override, limit)?.availableMinor ?? granted);
  }
  if (!isLoosening({ from, to })) return limit.grantedMinor;
  if (amountMinor === null) return null;
  const most = verdict === undefined ? amountMinor : (limitUnder(override, limit)?.availableMinor ?? amountMinor);
  return Math.min(most, request.amountMinor ?? most);
}
