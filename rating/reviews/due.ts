import type { MasterScale } from '../master-scale.ts';
import type { ReviewedRating } from './findings.ts';
import type { ReviewPolicy } from './policy-schema.ts';
import type { ReviewReason } from './review.ts';

/** What is known of a customer between two reviews. */
export interface BetweenReviews {
  /** The newest rating. */
  readonly now: ReviewedRating;
  /** The rating that the last review looked at, or the first one on record; null: `now` is the first. */
  readonly before: ReviewedRating | null;
  /** When the last review was signed off; null: never, and the first rating began the period. */
  readonly lastReviewAt: string | null;
  /** Since the last review. */
  readonly hasLapsedDocument: boolean;
  readonly hasWorseGuarantor: boolean;
  readonly hasUpheldDispute: boolean;
  /** What somebody asked for and nobody has opened yet; `dueAt` null: as soon as an event's. */
  readonly asked?: AskedReview | null;
}

/** A review that a person asked for. */
export interface AskedReview {
  readonly askId: string;
  readonly actor: string;
  readonly reason: string;
  readonly at: string;
  readonly dueAt: string | null;
}

/** Why a customer is to be reviewed, and by when; null: not yet. */
export interface DueReview {
  readonly because: readonly ReviewReason[];
  readonly dueAt: string;
}

const DAY_MS = 86_400_000;

/** When the next periodic review is due: so many months after the last one (or the first rating), by class and exposure. */
export function nextReviewAt(
  { now, before, lastReviewAt }: Pick<BetweenReviews, 'now' | 'before' | 'lastReviewAt'>,
  policy: ReviewPolicy,
  scale: MasterScale,
): string {
  const byClass = policy.months[scale.grades.find(({ code }) => code === now.grade)?.class ?? 'low'];
  const large = policy.large !== null && Math.max(now.exposure ?? 0, now.limit) >= policy.large.from;
  const months = large ? Math.min(byClass, policy.large?.months ?? byClass) : byClass;
  return monthsAfter(lastReviewAt ?? before?.asOf ?? now.asOf, months);
}

/** Whether a customer is to be reviewed at an instant: periodically, or because of what happened since the last review. */
export function dueReview(
  at: string,
  known: BetweenReviews,
  policy: ReviewPolicy,
  scale: MasterScale,
): DueReview | null {
  const { now, before } = known;
  const { events } = policy;
  const because = new Set<ReviewReason>();
  if (events.gradesWorse !== null && before !== null) {
    const rank = (code: string): number => scale.grades.findIndex((grade) => grade.code === code);
    if (rank(now.grade) >= rank(before.grade) + events.gradesWorse) because.add('grade');
  }
  // A breach that the last review saw is no news.
  if (events.limitBreach && breaches(now) && (before === null || !breaches(before))) because.add('exposure');
  const happened =
    (events.documentLapsed && known.hasLapsedDocument) ||
    (events.guarantorWorse && known.hasWorseGuarantor) ||
    (events.disputeUpheld && known.hasUpheldDispute);
  if (happened) because.add('event');
  // What was asked for before the last review closed, that one answered.
  const asked = known.asked != null && known.asked.at > (known.lastReviewAt ?? '') ? known.asked : null;
  if (asked !== null) because.add('request');
  const periodic = nextReviewAt(known, policy, scale);
  const opens = new Date(Date.parse(periodic) - policy.leadDays * DAY_MS).toISOString();
  if (at >= opens) because.add('date');
  if (because.size === 0) return null;
  const soon = asked?.dueAt ?? new Date(Date.parse(at) + policy.eventDays * DAY_MS).toISOString();
  const byDate = periodic > at ? periodic : soon;
  const dueAt = because.size === 1 && because.has('date') ? byDate : soon < byDate ? soon : byDate;
  return { because: [...because], dueAt };
}

const breaches = ({ exposure, limit }: ReviewedRating): boolean => exposure !== null && exposure > limit;

/** The same day so many months on; the last day of a shorter month. */
function monthsAfter(at: string, months: number): string {
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.toISOString();
}
