import { instant, messageOf, type Clock, type Instant } from '../../base/index.ts';
import type { Logger } from 'pino';
import {
  changedDecision,
  changedFeatures,
  dueReview,
  nextReviewAt,
  openReview,
  reviewedRating,
  type AuthorityLimits,
  type DueReview,
  type MasterScale,
  type ReviewFindings,
  type ReviewPolicy,
} from '../../rating/index.ts';
import type { CalendarEntry, ReviewCalendar, Reviews } from '../../records/reviews/index.ts';
import { askedAgain, type RatingsOfCustomer, type Rerate } from '../ratings/rated-again.ts';

/** Who asks for the ratings of reviews. */
export const REVIEWS_ACTOR = 'system:reviews';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 30;

export interface OpeningParts {
  readonly clock: Clock;
  readonly calendar: ReviewCalendar;
  readonly reviews: Reviews;
  readonly records: RatingsOfCustomer;
  readonly policy: ReviewPolicy;
  readonly authority: AuthorityLimits;
  readonly scale: MasterScale;
  readonly logger: Logger;
}

/**
 * Looks at one customer: opens a review that is due, on a fresh rating, or says when to look next. May be repeated: the review is named by
 * the rating that it was due on, and that rating is recorded once.
 */
export async function lookAtCustomer(parts: OpeningParts, entry: CalendarEntry, rerate: Rerate): Promise<void> {
  const { clock, calendar, policy, scale } = parts;
  const { customerId, now, lastReviewAt } = entry;
  const at = clock.now();
  const since = lastReviewAt ?? entry.before?.asOf ?? now.asOf;
  const documents = await calendar.documentsExpiring(customerId, at.slice(0, 10));
  const hasLapsedDocument = documents.some(({ expiresOn }) => expiresOn > since.slice(0, 10));
  const known = {
    ...entry,
    hasLapsedDocument,
    hasUpheldDispute: await calendar.disputeUpheldSince(customerId, since),
  };
  const due = dueReview(at, known, policy, scale);
  if (due !== null) return open(parts, entry, due, rerate, { at, since });
  const opens = Date.parse(nextReviewAt(known, policy, scale)) - policy.leadDays * DAY_MS;
  await calendar.lookAt(customerId, new Date(Math.max(opens, Date.parse(at) + 1)).toISOString());
}

async function open(
  { calendar, reviews, records, authority, policy, logger }: OpeningParts,
  { customerId, now, before, asked: wanted }: CalendarEntry,
  { because, dueAt }: DueReview,
  rerate: Rerate,
  { at, since }: { readonly at: Instant; readonly since: string },
): Promise<void> {
  const asked = because.includes('request') ? (wanted ?? null) : null;
  const reviewId = asked === null ? `review-${now.ratingId}` : `review-${asked.askId}`;
  /** Null: there is nothing to ask. Whoever asked for the review asks for its rating, too. */
  const ratedAgain = async (): Promise<string | null> => {
    const asking = await askedAgain(records, customerId);
    if (asking === null) return null;
    const askers = new Set([...asking.askers, ...(asked === null ? [] : [asked.actor])]);
    return rerate(asking.request, REVIEWS_ACTOR, reviewId, [...askers]);
  };
  // Who cannot be rated any more is reviewed on the newest rating that there is.
  const ratingId =
    (await ratedAgain().catch((error: unknown) => {
      logger.warn({ problem: messageOf(error) }, 'a customer could not be rated for a review');
      return null;
    })) ?? now.ratingId;
  const after = await evidenced(records, ratingId);
  const earlier = before === null ? null : await evidenced(records, before.ratingId);
  const lapsedBy = new Date(Date.parse(at) + DAYS_AHEAD * DAY_MS).toISOString().slice(0, 10);
  const findings: ReviewFindings = {
    now: after?.rating ?? now,
    before,
    changes: after === null || earlier === null ? [] : changedFeatures(earlier.values, after.values),
    ...(after === null || earlier === null ? {} : { decision: changedDecision(earlier.decision, after.decision) }),
    entries: await calendar.entriesChanged(customerId, since),
    lapsedDocuments: await calendar.documentsExpiring(customerId, lapsedBy),
  };
  const by = asked === null ? {} : { asked: { actor: asked.actor, reason: asked.reason } };
  const opened = { reviewId, customerId, because, findings, dueAt, ...by };
  await reviews.open(openReview(opened, authority, at, policy.remindDays));
  if (asked !== null) await calendar.answered(customerId, asked.askId);
}

async function evidenced(records: RatingsOfCustomer, ratingId: string) {
  const { evidence } = await records.find(ratingId);
  return evidence === null ? null : reviewedRating(ratingId, evidence);
}

/** The start of the day before an instant: documents are looked at by days. */
export function dayBefore(at: Instant): string {
  return instant(Date.parse(at) - DAY_MS).slice(0, 10);
}
