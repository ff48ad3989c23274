import { sql } from 'kysely';
import type { Instant, Tenant } from '../../base/index.ts';
import type { CustomerReview, ReviewEvent } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';
import { followedRecords, type FollowedSteps, type StoredEvent } from '../followed/index.ts';

/** A review with how many events it has seen. */
export interface StoredReview {
  readonly review: CustomerReview;
  readonly revision: number;
}

/** One thing that was done to a review. */
export type StoredReviewEvent = StoredEvent<ReviewEvent>;

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
export interface Reviews extends FollowedSteps<CustomerReview, ReviewEvent> {
  /** Puts a new review on record, unless one of the customer stands; answers the one that stands, or was this one. */
  open(opened: CustomerReview): Promise<StoredReview>;
  /** Stores the state after an event, unless a later one is stored already. */
  save(after: CustomerReview, revision: number, event: ReviewEvent, at: string): Promise<void>;
  find(reviewId: string): Promise<StoredReview | null>;
  events(reviewId: string): Promise<readonly StoredReviewEvent[]>;
  /** Reviews in the order of their opening, after a place. */
  page(options: ReviewPage): Promise<readonly StoredReview[]>;
  /** Reviews that stand and are due by then, the nearest deadline first. */
  waiting(options: { readonly dueBy: string; readonly limit: number }): Promise<readonly CustomerReview[]>;
  /** Reviews due within [from, until). */
  due(from: Instant, until: Instant): Promise<readonly CustomerReview[]>;
  /** Reviews whose state the credit file does not hold yet. */
  unfiled(limit: number): Promise<readonly CustomerReview[]>;
  filed(review: CustomerReview): Promise<void>;
}

/** What the credit file tells of a review. */
const filedState = ({ state }: Pick<CustomerReview, 'state'>): string =>
  state === 'signed-off' || state === 'cancelled' ? state : 'open';

export function createReviews(database: Database, tenant: Tenant): Reviews {
  const { db, texts } = database;
  const steps = followedRecords<CustomerReview, ReviewEvent>(database, tenant, {
    things: 'customer_reviews',
    events: 'customer_review_events',
    id: 'review_id',
  });
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
    // Of a customer who was erased nothing is written any more that a person said.
    const sealed = (texts === undefined ? opened : await texts.seal(opened.customerId, opened)) ?? {
      ...opened,
      asked: undefined,
    };
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
        body: JSON.stringify(sealed),
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
    ...steps,
    open,
    find,
    async save(after, revision, event, at) {
      const { reviewId: id, customerId, state, queue, dueAt: due_at, closedAt: closed_at } = after;
      await steps.save({ id, customerId, after, columns: { state, queue, due_at, closed_at }, revision, event, at });
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
    async waiting({ dueBy, limit }) {
      return bodies(
        await rows()
          .where('closed_at', 'is', null)
          .where('due_at', '<=', sql<Date>`${dueBy}::timestamptz`)
          .orderBy(sql`body ->> 'deadline'`)
          .orderBy('review_id')
          .limit(limit)
          .execute(),
      );
    },
    async due(from, until) {
      return bodies(
        await rows()
          .where('due_at', '>=', new Date(from))
          .where('due_at', '<', new Date(until))
          .orderBy('due_at')
          .orderBy('review_id')
          .execute(),
      );
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
  };
}
