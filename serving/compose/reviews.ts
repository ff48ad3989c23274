import { canonicalJson, instant, isProbityError, ProbityError, sha256, uuidv7 } from '../../base/index.ts';
import {
  nextReviewAt,
  reviewedRating,
  reviewInForce,
  type CustomerReview,
  type ReviewEvent,
} from '../../rating/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import { ratedFacts, speaksForPresent, type ChangeFeed } from '../../records/changes/index.ts';
import type { CreditFiles } from '../../records/credit-file/index.ts';
import type { Overrides } from '../../records/overrides/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import type { Rerate } from '../ratings/rated-again.ts';
import type { ReviewDesk } from '../reviews/desk.ts';
import { followedDesk, type FollowedWorkflows } from './followed-desk.ts';
import { lookLoop } from './look-loop.ts';
import { dayBefore, lookAtCustomer, REVIEWS_ACTOR, type OpeningParts } from './review-opening.ts';

const AT_ONCE = 100;
const DOCUMENTS_EVERY_MS = 3_600_000;

/**
 * Composes the desk of reviews. A loop takes in ratings from the change feed, opens what is due, gives every review its workflow, its entry in the credit
 * file and its place in the audit chain, puts what a sign-off decides in force, and says there when the validity of a newest rating has ended. All of it may be repeated.
 */
export function composeReviews(
  of: OpeningParts & {
    readonly feed: ChangeFeed;
    readonly files: Pick<CreditFiles, 'put'>;
    readonly overrides: Pick<Overrides, 'putReviewed'>;
    readonly appender: Pick<Appender, 'append'>;
    readonly pseudonyms: Pseudonyms;
    readonly workflows: FollowedWorkflows<CustomerReview, ReviewEvent>;
    readonly lookMs?: number;
  },
): ReviewDesk {
  const { clock, calendar, reviews, records, policy, scale, feed, files, appender, pseudonyms, workflows, logger } = of;
  /** Puts what a sign-off decides of the limit into the chain, where every reader of decisions finds it. */
  const putInForce = async (review: CustomerReview): Promise<void> => {
    const { evidence } = await records.find(review.findings.now.ratingId);
    const made = evidence === null ? null : (ratedFacts(evidence)?.decided?.made ?? null);
    const reviewed = made === null ? null : reviewInForce(review, made, of.authority, policy);
    if (reviewed !== null) await of.overrides.putReviewed(reviewed);
  };
  const { audit, follow, act } = followedDesk<CustomerReview, ReviewEvent>({
    name: 'review',
    idOf: ({ reviewId }) => reviewId,
    // What the change feed tells others says of whom it is.
    also: ({ customerId }, { kind }) => (kind === 'reminder' || kind === 'deadline-passed' ? { customerId } : {}),
    follows: (after, { kind }) => (kind === 'sign-off' ? putInForce(after) : Promise.resolve()),
    records: reviews,
    workflows,
    appender,
    pseudonyms,
  });
  let rerate: Rerate | null = null;
  let documentsFrom = 0;

  const takeRatings = async (): Promise<void> => {
    for (;;) {
      const { changes, next, more } = await feed.read(await calendar.place(), {
        limit: AT_ONCE,
        types: ['rating'],
        ofCustomers: true,
      });
      for (const { ratingId, customerId, type, after, at } of changes) {
        if (type !== 'rating' || ratingId === null || customerId === null || after === null) continue;
        // A look back says nothing about the present.
        if (!speaksForPresent({ rating: after }, at)) continue;
        const { evidence } = await records.find(ratingId);
        const found = evidence === null ? null : reviewedRating(ratingId, evidence);
        if (found === null) continue;
        const { now, before } = await calendar.rated(customerId, found.rating);
        const rank = (code: string): number => scale.grades.findIndex((grade) => grade.code === code);
        const { gradesWorse, guarantorWorse } = policy.events;
        if (guarantorWorse && before !== null && rank(now.grade) >= rank(before.grade) + (gradesWorse ?? 1))
          await calendar.guarantorWorse(customerId, clock.now());
      }
      await calendar.remember(next);
      if (!more) return;
    }
  };
  const openDue = async (): Promise<void> => {
    if (rerate === null) return;
    const at = clock.now();
    if (policy.events.documentLapsed && Date.now() >= documentsFrom) {
      // The first look of a process sees what lapsed while none ran; who was reviewed since is only looked at.
      await calendar.documentsLapsed(documentsFrom === 0 ? '' : dayBefore(at), at.slice(0, 10), at);
      documentsFrom = Date.now() + DOCUMENTS_EVERY_MS;
    }
    for (const entry of await calendar.toLookAt(at, AT_ONCE)) await lookAtCustomer(of, entry, rerate);
  };
  const file = async (): Promise<void> => {
    for (const review of await reviews.unfiled(AT_ONCE)) {
      await files.put({ ...entryOf(review), customerId: review.customerId }).catch((error: unknown) => {
        // An erased customer has no file any more.
        if (!isProbityError(error) || error.code !== 'SUBJECT_ERASED') throw error;
      });
      if (review.closedAt !== null) await calendar.reviewed(review);
      await reviews.filed(review);
    }
  };
  const expire = async (): Promise<void> => {
    for (const { customerId, ratingId, validUntil } of await calendar.expired(clock.now(), AT_ONCE)) {
      const text = canonicalJson({ format: 'probity.expiry/1', ratingId, validUntil });
      // A space keeps these keys apart from those of callers, which have none.
      const once = { key: `expiry ${ratingId}`, fingerprint: sha256(text) };
      await appender.append({ kind: 'expiry', subject: pseudonyms.of(customerId), body: Buffer.from(text), once });
      await calendar.expiryTold(customerId, ratingId);
    }
  };
  const loop = lookLoop('reviews', [takeRatings, openDue, file, audit, expire, follow], { logger, lookMs: of.lookMs });

  const known = async (reviewId: string) => {
    const found = await reviews.find(reviewId);
    if (found === null) throw new ProbityError('UNKNOWN_REVIEW', 'No review with this id is on record.');
    return found;
  };
  const standingOf = async (customerId: string): Promise<CustomerReview | null> =>
    (await reviews.page({ customerId, state: 'standing', limit: 1 }))[0]?.review ?? null;
  return {
    begin(rate) {
      rerate = rate;
      loop.start();
    },
    end: () => loop.stop(),
    async open(customerId, { actor, reason, dueAt }) {
      if (rerate === null) throw new ProbityError('SERVICE_UNAVAILABLE', 'Reviews are not opened yet.');
      const refused = (message: string): ProbityError =>
        new ProbityError('REVIEW_REFUSED', 'No review can be opened.', { problems: [{ at: 'customerId', message }] });
      const standing = await standingOf(customerId);
      if (standing !== null) throw refused('A review of this customer stands already.');
      const asked = { askId: uuidv7(), actor, reason, at: clock.now(), dueAt };
      const entry = await calendar.ask(customerId, asked);
      if (entry === null) throw refused('This customer has no recorded rating to be reviewed.');
      await lookAtCustomer(of, entry, rerate);
      // Another process may have opened it, or the one that was asked for before.
      const opened = await standingOf(customerId);
      if (opened === null) throw refused('The review was closed meanwhile.');
      return opened;
    },
    async next(customerId) {
      const standing = await standingOf(customerId);
      if (standing !== null) return { at: standing.dueAt, reviewId: standing.reviewId };
      const entry = await calendar.find(customerId);
      return entry === null ? null : { at: nextReviewAt(entry, policy, scale), reviewId: null };
    },
    page: (options) => reviews.page(options),
    async find(reviewId) {
      const found = await known(reviewId);
      return { ...found, events: await reviews.events(reviewId) };
    },
    async act(reviewId, event) {
      const { review } = await known(reviewId);
      if (review.closedAt !== null) throw new ProbityError('REVIEW_CLOSED', `This review is ${review.state} already.`);
      return act(review, event);
    },
  };
}

/** The review as the credit file tells it. */
function entryOf(review: CustomerReview) {
  const { reviewId, because, dueAt, queue, state, signOffs, closedAt, openedAt } = review;
  const last = state === 'signed-off' ? signOffs.at(-1) : undefined;
  return {
    kind: 'review',
    entryId: reviewId,
    happenedAt: instant(closedAt ?? openedAt),
    actor: last?.actor ?? REVIEWS_ACTOR,
    body: {
      dueOn: dueAt.slice(0, 10),
      because: [...because],
      assignee: queue,
      state: state === 'signed-off' || state === 'cancelled' ? state : 'open',
      ...(last === undefined
        ? {}
        : {
            signedOffBy: last.actor,
            signedOffOn: last.at.slice(0, 10),
            conclusion: `${last.conclusion}${last.conclusion === 'lower' && last.limit ? ` to ${last.limit}` : ''}: ${last.reason}`,
          }),
    },
  } as const;
}
