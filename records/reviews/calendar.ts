import { sql } from 'kysely';
import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { AskedReview, BetweenReviews, ChangedEntry, CustomerReview, ReviewedRating } from '../../rating/index.ts';
import { createFeedReading, type FeedReading } from '../changes/index.ts';
import type { Database } from '../database/index.ts';

/** A customer between two reviews. */
export interface CalendarEntry extends Omit<BetweenReviews, 'hasLapsedDocument' | 'hasUpheldDispute'> {
  readonly customerId: string;
}

/** The newest rating of a customer whose validity has ended. */
export interface Expired {
  readonly customerId: string;
  readonly ratingId: string;
  readonly validUntil: Instant;
}

/** A document on file, by when it expires. */
export interface ExpiringDocument {
  readonly entryId: string;
  readonly kind: string;
  readonly expiresOn: string;
}

/** What is known of the customers of one tenant between two reviews, and how far the change feed was read for ratings. */
export interface ReviewCalendar extends FeedReading {
  /** Takes in a rating, unless a later one is there. The first one of a customer begins the period. */
  rated(customerId: string, rating: ReviewedRating): Promise<CalendarEntry>;
  /** The customer's entry; null: never rated. */
  find(customerId: string): Promise<CalendarEntry | null>;
  /** Notes that a person asked for a review, to be looked at now; an earlier request that is not answered yet stands. Null: the customer was never rated. */
  ask(customerId: string, asked: AskedReview): Promise<CalendarEntry | null>;
  /** A request was answered by a review. */
  answered(customerId: string, askId: string): Promise<void>;
  /** When to look at a customer next. */
  lookAt(customerId: string, at: string): Promise<void>;
  /** Customers to look at by an instant, without a standing review, the longest waiting first. */
  toLookAt(at: Instant, limit: number): Promise<readonly CalendarEntry[]>;
  /** A closed review: its rating is what the next one compares with. */
  reviewed(review: CustomerReview): Promise<void>;
  /** Marks the customers whom a customer guarantees for, and has them looked at now. */
  guarantorWorse(guarantorId: string, at: Instant): Promise<void>;
  /** Has the customers looked at whose documents expired between two days. */
  documentsLapsed(after: string, until: string, at: Instant): Promise<void>;
  /** Standing documents of a customer that expire by a day. */
  documentsExpiring(customerId: string, by: string): Promise<readonly ExpiringDocument[]>;
  /** Entries of a customer's credit file, reviews apart, of which a version became known after an instant: as they stand now. */
  entriesChanged(customerId: string, after: string): Promise<readonly ChangedEntry[]>;
  /** Whether a dispute of a customer was upheld after an instant. */
  disputeUpheldSince(customerId: string, after: string): Promise<boolean>;
  /** Newest ratings whose validity ended by an instant and which the audit chain does not say so of. */
  expired(at: Instant, limit: number): Promise<readonly Expired[]>;
  expiryTold(customerId: string, ratingId: string): Promise<void>;
}

export function createReviewCalendar(database: Database, tenant: Tenant): ReviewCalendar {
  const { db } = database;
  interface Row {
    readonly customer_id: string;
    readonly now: ReviewedRating;
    readonly before: ReviewedRating | null;
    readonly last_review_at: Date | null;
    readonly guarantor_worse: boolean;
    readonly asked: AskedReview | null;
  }
  const columns = ['customer_id', 'now', 'before', 'last_review_at', 'guarantor_worse', 'asked'] as const;
  const entryOf = (row: Row): CalendarEntry => ({
    customerId: row.customer_id,
    now: row.now,
    before: row.before,
    lastReviewAt: row.last_review_at === null ? null : instant(row.last_review_at),
    hasWorseGuarantor: row.guarantor_worse,
    asked: row.asked,
  });
  const of = (customerId: string) =>
    db.updateTable('review_calendar').where('tenant', '=', tenant).where('customer_id', '=', customerId);
  const documents = () =>
    db
      .selectFrom('credit_file_entries')
      .where('tenant', '=', tenant)
      .where('kind', '=', 'document')
      .where('known_until', 'is', null)
      .where('removed', '=', false);
  const row = (customerId: string) =>
    db.selectFrom('review_calendar').select(columns).where('tenant', '=', tenant).where('customer_id', '=', customerId);
  const expiresOn = sql<string>`"open" ->> 'expiresOn'`;
  return {
    ...createFeedReading(database, tenant, 'review_places'),
    async rated(customerId, rating) {
      const now = JSON.stringify(rating);
      await db
        .insertInto('review_calendar')
        .values({
          tenant,
          customer_id: customerId,
          now,
          before: now,
          look_at: rating.asOf,
          valid_until: rating.validUntil,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant', 'customer_id'])
            .doUpdateSet({ now, look_at: rating.asOf, valid_until: rating.validUntil, expiry_told: false })
            .where(sql<boolean>`review_calendar.now ->> 'asOf' <= ${rating.asOf}`),
        )
        .execute();
      return entryOf(await row(customerId).executeTakeFirstOrThrow());
    },
    async find(customerId) {
      const found = await row(customerId).executeTakeFirst();
      return found === undefined ? null : entryOf(found);
    },
    async ask(customerId, asked) {
      await of(customerId)
        .set({
          asked: sql`case when (asked ->> 'at')::timestamptz > coalesce(last_review_at, '-infinity') then asked
            else ${JSON.stringify(asked)}::jsonb end`,
          look_at: asked.at,
        })
        .execute();
      const found = await row(customerId).executeTakeFirst();
      return found === undefined ? null : entryOf(found);
    },
    async answered(customerId, askId) {
      await of(customerId)
        .set({ asked: null })
        .where(sql<boolean>`asked ->> 'askId' = ${askId}`)
        .execute();
    },
    async lookAt(customerId, at) {
      await of(customerId).set({ look_at: at }).execute();
    },
    async toLookAt(at, limit) {
      const rows = await db
        .selectFrom('review_calendar as c')
        .select(columns)
        .where('c.tenant', '=', tenant)
        .where('c.look_at', '<=', sql<Date>`${at}::timestamptz`)
        .where((outer) =>
          outer.not(
            outer.exists(
              outer
                .selectFrom('customer_reviews as r')
                .select('r.review_id')
                .whereRef('r.tenant', '=', 'c.tenant')
                .whereRef('r.customer_id', '=', 'c.customer_id')
                // A closed one that is not filed yet is not in the calendar yet.
                .where((where) =>
                  where.or([
                    where('r.closed_at', 'is', null),
                    where('r.filed', 'is', null),
                    where('r.filed', '<>', where.ref('r.state')),
                  ]),
                ),
            ),
          ),
        )
        .orderBy('c.look_at')
        .orderBy('c.customer_id')
        .limit(limit)
        .execute();
      return rows.map(entryOf);
    },
    async reviewed({ customerId, findings, closedAt, openedAt }) {
      const at = closedAt ?? openedAt;
      await of(customerId)
        .set({ before: JSON.stringify(findings.now), last_review_at: at, guarantor_worse: false, look_at: at })
        .where((where) => where.or([where('last_review_at', 'is', null), where('last_review_at', '<', new Date(at))]))
        .execute();
    },
    async guarantorWorse(guarantorId, at) {
      await db
        .updateTable('review_calendar')
        .set({ guarantor_worse: true, look_at: at })
        .where('tenant', '=', tenant)
        .where('customer_id', 'in', (query) =>
          query
            .selectFrom('credit_file_entries')
            .select('customer_id')
            .where('tenant', '=', tenant)
            .where('kind', '=', 'guarantee')
            .where('known_until', 'is', null)
            .where('removed', '=', false)
            .where(sql<boolean>`"open" ->> 'guarantorId' = ${guarantorId}`),
        )
        .execute();
    },
    async documentsLapsed(after, until, at) {
      await db
        .updateTable('review_calendar')
        .set({ look_at: at })
        .where('tenant', '=', tenant)
        .where(
          'customer_id',
          'in',
          documents().select('customer_id').where(expiresOn, '>', after).where(expiresOn, '<=', until),
        )
        .execute();
    },
    async documentsExpiring(customerId, by) {
      const rows = await documents()
        .select(['entry_id', expiresOn.as('expires_on'), sql<string>`"open" ->> 'kind'`.as('kind')])
        .where('customer_id', '=', customerId)
        .where(expiresOn, '<=', by)
        .orderBy(expiresOn)
        .orderBy('entry_id')
        .execute();
      return rows.map(({ entry_id: entryId, kind, expires_on: day }) => ({ entryId, kind, expiresOn: day }));
    },
    async entriesChanged(customerId, after) {
      const known = sql<boolean>`known_from <= ${after}::timestamptz and (known_until is null or known_until > ${after}::timestamptz)`;
      const rows = await db
        .selectFrom('credit_file_entries')
        .select(['kind', 'entry_id'])
        .select(({ fn }) => fn.max('known_from').as('known_from'))
        .select(sql<boolean>`bool_or(known_until is null and removed)`.as('gone'))
        .select(sql<boolean>`bool_or(${known} and not removed)`.as('was_there'))
        .where('tenant', '=', tenant)
        .where('customer_id', '=', customerId)
        .where('kind', '<>', 'review')
        .groupBy(['kind', 'entry_id'])
        .having(sql<boolean>`max(known_from) > ${after}::timestamptz`)
        .orderBy('known_from')
        .orderBy('kind')
        .orderBy('entry_id')
        .execute();
      return rows.flatMap(({ kind, entry_id: entryId, known_from: from, gone, was_there: wasThere }) =>
        gone && !wasThere
          ? []
          : [
              {
                kind,
                entryId,
                change: gone ? ('removed' as const) : wasThere ? ('changed' as const) : ('added' as const),
                knownFrom: instant(from),
              },
            ],
      );
    },
    async disputeUpheldSince(customerId, after) {
      const row = await db
        .selectFrom('disputes')
        .select('dispute_id')
        .where('tenant', '=', tenant)
        .where('customer_id', '=', customerId)
        .where('state', '=', 'upheld')
        .where('closed_at', '>', sql<Date>`${after}::timestamptz`)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    async expired(at, limit) {
      const rows = await db
        .selectFrom('review_calendar')
        .select(['customer_id', 'now', 'valid_until'])
        .where('tenant', '=', tenant)
        .where('expiry_told', '=', false)
        .where('valid_until', '<=', sql<Date>`${at}::timestamptz`)
        .orderBy('valid_until')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        customerId: row.customer_id,
        ratingId: row.now.ratingId,
        validUntil: instant(row.valid_until),
      }));
    },
    async expiryTold(customerId, ratingId) {
      await of(customerId)
        .set({ expiry_told: true })
        .where(sql<boolean>`now ->> 'ratingId' = ${ratingId}`)
        .execute();
    },
  };
}
