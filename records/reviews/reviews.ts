import { sql } from 'kysely';
import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { CustomerReview, ReviewEvent } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';

/** A review with how many events it has seen. */
export interface StoredReview {
  readonly review: CustomerReview;
  readonly revision: number;
}

/** One thing that was done to a review. */
export interface StoredReviewEvent {
  readonly revision: number;
  readonly event: ReviewEvent;
  readonly at: Instant;
}

/** An event on its way into the audit chain. */
export interface UnauditedReviewEvent extends StoredReviewEvent {
  readonly reviewId: string;
  readonly customerId: string;
}

/** Which reviews a page holds. */
export interface ReviewPage {
  readonly queue?: string | undefined;
  readonly customerId?: string | undefined;
  readonly state?: 'standing' | 'closed' | undefined;
  /** Due by then. */
  readonly dueBy?: string | undefined;
  readonly after?: { readonly openedAt: string; readonly reviewId: string } | undefined;
  readonly limit: number;
}

/** The reviews of one tenant. Every call may be repeated without effect. */
export interface Reviews {
  /** Puts a new review on record, unless one of the customer stands; answers the one that stands, or was this one. */
  open(opened: CustomerReview): Promise<StoredReview>;
  /** Stores the state after an event, unless a later one is stored already. */
  save(after: CustomerReview, revision: number, event: ReviewEvent, at: string): Promise<void>;
  find(reviewId: string): Promise<StoredReview | null>;
  events(reviewId: string): Promise<readonly StoredReviewEvent[]>;
  /** Reviews in the order of their opening, after a place. */
  page(options: ReviewPage): Promise<readonly StoredReview[]>;
  /** Reviews that no workflow follows yet, the oldest first. */
  unfollowed(limit: number): Promise<readonly CustomerReview[]>;
  followed(reviewId: string): Promise<void>;
  /** Reviews whose state the credit file does not hold yet. */
  unfiled(limit: number): Promise<readonly CustomerReview[]>;
  filed(review: CustomerReview): Promise<void>;
  /** Events that the audit chain does not hold yet, in the order in which they happened. */
  unaudited(limit: number): Promise<readonly UnauditedReviewEvent[]>;
  audited(reviewId: string, revision: number): Promise<void>;
}

/** What the credit file tells of a review. */
const filedState = ({ state }: Pick<CustomerReview, 'state'>): string =>
  state === 'signed-off' || state === 'cancelled' ? state : 'open';

export function createReviews({ db }: Database, tenant: Tenant): Reviews {
  const rows = () => db.selectFrom('customer_reviews').select(['body', 'revision']).where('tenant', '=', tenant);
  const stored = (row: { readonly body: CustomerReview; readonly revision: number }): StoredReview => ({
    review: row.body,
    revision: row.revision,
  });
  const bodies = (found: readonly { readonly body: CustomerReview }[]) => found.map(({ body }) => body);
  const find = async (reviewId: string): Promise<StoredReview | null> => {
    const row = await rows().where('review_id', '=', reviewId).executeTakeFirst();
    return row ? stored(row) : null;
  };
  const open = async (opened: CustomerReview): Promise<StoredReview> => {
    await db
      .insertInto('customer_reviews')
      .values({
        tenant,
        review_id: opened.reviewId,
        customer_id: opened.customerId,
        state: opened.state,
        queue: opened.queue,
        due_at: opened.dueAt,
        opened_at: opened.openedAt,
        closed_at: opened.closedAt,
        revision: 0,
        body: JSON.stringify(opened),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const own = await find(opened.reviewId);
    if (own !== null) return own;
    const standing = await rows()
      .where('customer_id', '=', opened.customerId)
      .where('closed_at', 'is', null)
      .executeTakeFirst();
    // None: the one that stood in its way was closed between the two statements.
    return standing ? stored(standing) : open(opened);
  };
  return {
    open,
    find,
    async save(after, revision, event, at) {
      await db.transaction().execute(async (trx) => {
        // A row that an erasure has been through names nobody any more: what a workflow brings late stays away.
        const row = await trx
          .selectFrom('customer_reviews')
          .select('revision')
          .where('tenant', '=', tenant)
          .where('review_id', '=', after.reviewId)
          .where('customer_id', '=', after.customerId)
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined) return;
        await trx
          .insertInto('customer_review_events')
          .values({
            tenant,
            review_id: after.reviewId,
            revision,
            kind: event.kind,
            actor: 'actor' in event ? event.actor : null,
            event: JSON.stringify(event),
            at,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await trx
          .updateTable('customer_reviews')
          .set({
            state: after.state,
            queue: after.queue,
            due_at: after.dueAt,
            closed_at: after.closedAt,
            revision,
            body: JSON.stringify(after),
          })
          .where('tenant', '=', tenant)
          .where('review_id', '=', after.reviewId)
          .where('revision', '<', revision)
          .execute();
      });
    },
    async events(reviewId) {
      const found = await db
        .selectFrom('customer_review_events')
        .select(['revision', 'event', 'at'])
        .where('tenant', '=', tenant)
        .where('review_id', '=', reviewId)
        .orderBy('revision')
        .execute();
      return found.map(({ revision, event, at }) => ({ revision, event, at: instant(at) }));
    },
    async page({ queue, customerId, state, dueBy, after, limit }) {
      let query = rows();
      if (queue !== undefined) query = query.where('queue', '=', queue);
      if (customerId !== undefined) query = query.where('customer_id', '=', customerId);
      if (state !== undefined) query = query.where('closed_at', state === 'standing' ? 'is' : 'is not', null);
      if (dueBy !== undefined) query = query.where('due_at', '<=', sql<Date>`${dueBy}::timestamptz`);
      if (after !== undefined)
        query = query.where(sql<boolean>`(opened_at, review_id) > (${after.openedAt}::timestamptz, ${after.reviewId})`);
      return (await query.orderBy('opened_at').orderBy('review_id').limit(limit).execute()).map(stored);
    },
    async unfollowed(limit) {
      return bodies(
        await rows().where('followed', '=', false).orderBy('opened_at').orderBy('review_id').limit(limit).execute(),
      );
    },
    async followed(reviewId) {
      await db
        .updateTable('customer_reviews')
        .set({ followed: true })
        .where('tenant', '=', tenant)
        .where('review_id', '=', reviewId)
        .execute();
    },
    async unfiled(limit) {
      const state = sql<string>`case when state in ('signed-off', 'cancelled') then state else 'open' end`;
      return bodies(
        await rows()
          .where((where) => where.or([where('filed', 'is', null), where('filed', '<>', state)]))
          .orderBy('opened_at')
          .orderBy('review_id')
          .limit(limit)
          .execute(),
      );
    },
    async filed(review) {
      await db
        .updateTable('customer_reviews')
        .set({ filed: filedState(review) })
        .where('tenant', '=', tenant)
        .where('review_id', '=', review.reviewId)
        .execute();
    },
    async unaudited(limit) {
      const found = await db
        .selectFrom('customer_review_events as e')
        .innerJoin('customer_reviews as r', (join) =>
          join.onRef('r.tenant', '=', 'e.tenant').onRef('r.review_id', '=', 'e.review_id'),
        )
        .select(['e.review_id', 'e.revision', 'e.event', 'e.at', 'r.customer_id'])
        .where('e.tenant', '=', tenant)
        .where('e.audited', '=', false)
        .orderBy('e.at')
        .orderBy('e.review_id')
        .orderBy('e.revision')
        .limit(limit)
        .execute();
      return found.map((row) => ({
        reviewId: row.review_id,
        customerId: row.customer_id,
        revision: row.revision,
        event: row.event,
        at: instant(row.at),
      }));
    },
    async audited(reviewId, revision) {
      await db
        .updateTable('customer_review_events')
        .set({ audited: true })
        .where('tenant', '=', tenant)
        .where('review_id', '=', reviewId)
        .where('revision', '=', revision)
        .execute();
    },
  };
}
