import { instant, type Instant } from '../../base/index.ts';
import {
  amountText,
  grantedUnder,
  laterDecision,
  limitUnder,
  seenOf,
  standsAt,
  type Decision,
  type Explained,
  type Language,
  type Override,
  type OverrideSeen,
  type ReviewedLimit,
  type Verdict,
} from '../../rating/index.ts';
import type { RecordedRating } from '../../records/ratings/index.ts';
import type { OverrideDesk } from '../overrides/desk.ts';
import type { ServedRating } from './served.ts';

const DAY = 86_400_000;

export type { OverrideSeen } from '../../rating/index.ts';

/**
 * The override to look at with a rating at an instant: its own where it has one, in force or not; else the newest of the customer's earlier ratings that stands. A
 * look back (as of more than a day before it was recorded) is not overridden by what was decided later. `fresh` looks at the records whatever was read just before.
 */
export async function overrideOf(
  desk: Pick<OverrideDesk, 'of' | 'standing' | 'opened' | 'law'>,
  { decision, inputs }: Pick<ServedRating, 'decision' | 'inputs'>,
  recorded: Pick<RecordedRating, 'ratingId' | 'receipt'> | null,
  now: Instant,
  own: 'looked-up' | 'none-yet',
): Promise<OverrideSeen | null> {
  const of = own === 'looked-up' && recorded !== null ? ((await desk.of(recorded.ratingId))?.override ?? null) : null;
  const { customerId } = inputs.request;
  const recordedAt = recorded?.receipt.at ?? now;
  const isLookBack = Date.parse(inputs.asOf) < Date.parse(recordedAt) - DAY;
  const sequence = recorded?.receipt.sequence ?? Infinity;
  const earlier =
    typeof customerId !== 'string' || isLookBack
      ? []
      : (await desk.standing(customerId, now, own === 'looked-up')).filter(
          (one) => Number.parseInt(one.ratingId, 10) < sequence && standsAt(one, now),
        );
  const seen = seenOf(of, earlier, laterDecision(decision), now, desk.law.policy);
  // The rating's own was opened as it was read; of the others, the one that is shown is.
  return seen?.carried === true ? { ...seen, override: await desk.opened(seen.override) } : seen;
}

/** What is explained where an override may hold: the decision that was made. */
export function withOverride(explained: Explained, seen: OverrideSeen | null): Explained {
  return seen?.inForce === true ? { ...explained, override: seen.override } : explained;
}

/** An override as the API answers it in a rating, in one language. */
export function overrideInRating(seen: OverrideSeen, { currency }: Decision, language: Language) {
  const { override, carried, inForce, notCarried: why } = seen;
  return {
    ratingId: override.ratingId,
    carried,
    inForce,
    notCarried: why,
    state: override.state,
    from: override.from,
    to: override.to,
    amount: override.amountMinor === null ? null : amountText(override.amountMinor, currency.minorDigits),
    reasonCode: override.reasonCode,
    reason: override.reason[language],
    proposedBy: override.proposedBy,
    ...(override.verdict === undefined ? {} : { verdict: verdictInRating(override, override.verdict, language) }),
    ...(override.review === undefined ? {} : { review: reviewAnswer(override.review, currency.minorDigits) }),
    stoodFrom: override.stoodFrom === null ? null : instant(override.stoodFrom),
    expiresAt: instant(override.expiresAt),
  };
}

/** What the verdict of a case adds: the case, who agreed in it, and what it set. */
function verdictInRating({ opinions }: Override, { caseId, reasons, conditions, terms }: Verdict, language: Language) {
  return {
    caseId,
    decidedBy: opinions.map(({ actor }) => actor),
    reasons: reasons.map(({ code, text }) => ({ code, text: text[language] })),
    conditions: conditions.map(({ code, text, note }) => ({ code, text: text[language], note })),
    terms,
  };
}

/** What the sign-off of a review puts in force, beside or in the place of what else a person decided. */
export function reviewAnswer({ reviewId, conclusion, limitMinor }: ReviewedLimit, minorDigits: number) {
  return { reviewId, conclusion, limit: amountText(limitMinor, minorDigits) };
}

/** The limit that holds now: of a person's decision where one is in force, else of model and rules. */
export function limitNow({ decision, override }: Explained): Pick<Decision['limit'], 'totalMinor' | 'availableMinor'> {
  return (override ? limitUnder(override, decision.limit) : null) ?? decision.limit;
}

/** What may be drawn now, minor units; null where nothing was asked for or a person decides. */
export function grantedNow({ decision, override }: Explained): number | null {
  return override ? grantedUnder(override, decision) : decision.limit.grantedMinor;
}
