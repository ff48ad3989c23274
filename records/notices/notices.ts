import { sql, type Selectable } from 'kysely';
import { ProbityError, uuidv7, type Instant, type Json, type Tenant } from '../../base/index.ts';
import type { CustomerNotice, Letter, NoticeChannel, NoticeEventKind, NoticeState } from '../../rating/index.ts';
import type { CustomerNoticesTable, Database } from '../database/index.ts';
import type { Vault } from '../privacy/index.ts';

/** What a notice says and where it goes: sealed under the customer's key. */
export interface NoticeContent {
  readonly notice: CustomerNotice;
  readonly letter: Letter;
  /** Where it goes; null: handed over. */
  readonly to: string | null;
}

/** A notice on its way to a customer. */
export interface StoredNotice {
  readonly noticeId: string;
  readonly customerId: string;
  readonly ratingId: string;
  readonly channel: NoticeChannel;
  readonly language: string;
  readonly jurisdiction: string;
  readonly outcome: string;
  readonly state: NoticeState;
  readonly revision: number;
  readonly attempts: number;
  readonly issuedAt: string;
  /** ISO date by which the law wants the customer told; null: it sets none. */
  readonly dueOn: string | null;
  /** When an e-mail is tried next; null: nothing waits to be sent. */
  readonly nextAt: string | null;
  /** Null: erased with the customer. */
  readonly content: NoticeContent | null;
}

/** Something that happened to a notice. */
export interface NoticeEvent {
  readonly revision: number;
  readonly kind: NoticeEventKind;
  readonly actor: string;
  readonly at: string;
  readonly code: string | null;
  /** A reply, or a remark; null where there is none, or it was erased. */
  readonly text: string | null;
}

/** A notice to be issued. */
export interface NewNotice {
  readonly customerId: string;
  readonly ratingId: string;
  readonly channel: NoticeChannel;
  readonly outcome: string;
  readonly dueOn: string | null;
  readonly actor: string;
  readonly at: Instant;
  /** A UUID of the caller's, of which no other notice is made. */
  readonly noticeId?: string | undefined;
  /** Made for the id of the notice, which the letter names. */
  readonly content: (noticeId: string) => NoticeContent;
}

/** What happened, as it is put on record. */
export interface NewNoticeEvent {
  readonly kind: Exclude<NoticeEventKind, 'issued'>;
  readonly actor: string;
  readonly at: Instant;
  readonly code?: string | null;
  readonly text?: string | null;
  /** When it is tried again; with `deferred`. */
  readonly nextAt?: Instant;
}

/** The notices of one tenant. */
export interface Notices {
  /** Puts a notice on record; an e-mail then waits to be sent. Throws CONFLICT where the same one was issued and did not come back, SUBJECT_ERASED. */
  issue(notice: NewNotice): Promise<StoredNotice>;
  /** Throws NOT_FOUND. */
  find(noticeId: string): Promise<StoredNotice>;
  ofRating(ratingId: string): Promise<readonly StoredNotice[]>;
  /** The newest first. */
  ofCustomer(customerId: string): Promise<readonly StoredNotice[]>;
  events(notice: Pick<StoredNotice, 'noticeId' | 'customerId'>): Promise<readonly NoticeEvent[]>;
  /** Puts an event on record. Throws NOT_FOUND, NOTICE_REFUSED. */
  act(noticeId: string, event: NewNoticeEvent): Promise<StoredNotice>;
  /** Takes e-mails that are due to be tried: until `until` nobody else does. */
  claim(now: Instant, until: Instant, limit: number): Promise<readonly StoredNotice[]>;
}

/** The state of a notice after an event, as the law of notices says (rating/notices); throws NOTICE_REFUSED. */
export type NoticeLaw = (state: NoticeState, kind: NewNoticeEvent['kind']) => NoticeState;

export function createNotices({ db }: Database, tenant: Tenant, vault: Vault, after: NoticeLaw): Notices {
  const rows = () => db.selectFrom('customer_notices').selectAll().where('tenant', '=', tenant);
  const placeOf = (noticeId: string, revision: number | 'content'): string => `notice ${noticeId} ${revision}`;

  const opened = async (row: Selectable<CustomerNoticesTable>): Promise<StoredNotice> => ({
    noticeId: row.notice_id,
    customerId: row.customer_id,
    ratingId: row.rating_id,
    channel: row.channel,
    language: row.language,
    jurisdiction: row.jurisdiction,
    outcome: row.outcome,
    state: row.state,
    revision: row.revision,
    attempts: row.attempts,
    issuedAt: row.issued_at.toISOString(),
    dueOn: row.due_on,
    nextAt: row.next_at?.toISOString() ?? null,
    content: (await vault.open(
      row.customer_id,
      placeOf(row.notice_id, 'content'),
      row.sealed,
    )) as unknown as NoticeContent | null,
  });
  const all = (found: readonly Selectable<CustomerNoticesTable>[]) => Promise.all(found.map(opened));
  const find = async (noticeId: string): Promise<StoredNotice> => {
    const row = await rows().where('notice_id', '=', noticeId).executeTakeFirst();
    if (row === undefined) throw new ProbityError('NOT_FOUND', 'There is no such notice.');
    return opened(row);
  };

  return {
    find,
    async issue({ customerId, ratingId, channel, outcome, dueOn, actor, at, noticeId = uuidv7(), content: make }) {
      const content = make(noticeId);
      const { language, jurisdiction } = content.notice;
      const sealed = await vault.seal(customerId, placeOf(noticeId, 'content'), content as unknown as Json);
      await db.transaction().execute(async (trx) => {
        const inserted = await trx
          .insertInto('customer_notices')
          .values({
            tenant,
            notice_id: noticeId,
            customer_id: customerId,
            rating_id: ratingId,
            channel,
            language,
            jurisdiction,
            outcome,
            state: 'issued',
            revision: 0,
            attempts: 0,
            issued_at: at,
            due_on: dueOn,
            next_at: channel === 'email' ? at : null,
            sealed,
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (inserted.numInsertedOrUpdatedRows === 0n)
          throw new ProbityError('CONFLICT', 'This notice was issued already, and has not come back.', {
            fix: 'Look at the notices of the rating; only one that bounced is issued again.',
          });
        await trx
          .insertInto('customer_notice_events')
          .values({ tenant, notice_id: noticeId, revision: 0, kind: 'issued', actor, at, code: null, sealed: null })
          .execute();
      });
      return find(noticeId);
    },
    ofRating: async (ratingId) =>
      all(await rows().where('rating_id', '=', ratingId).orderBy('issued_at').orderBy('notice_id').execute()),
    ofCustomer: async (customerId) =>
      all(
        await rows()
          .where('customer_id', '=', customerId)
          .orderBy('issued_at', 'desc')
          .orderBy('notice_id', 'desc')
          .execute(),
      ),
    async events({ noticeId, customerId }) {
      const found = await db
        .selectFrom('customer_notice_events')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('notice_id', '=', noticeId)
        .orderBy('revision')
        .execute();
      return Promise.all(
        found.map(async ({ revision, kind, actor, at, code, sealed }) => ({
          revision,
          kind,
          actor,
          at: at.toISOString(),
          code,
          text:
            sealed === null
              ? null
              : ((await vault.open(customerId, placeOf(noticeId, revision), sealed)) as string | null),
        })),
      );
    },
    async act(noticeId, { kind, actor, at, code = null, text = null, nextAt }) {
      const { customerId } = await find(noticeId);
      const seal = text === null ? null : await vault.sealer(customerId);
      await db.transaction().execute(async (trx) => {
        const row = await trx
          .selectFrom('customer_notices')
          .select(['state', 'revision', 'attempts'])
          .where('tenant', '=', tenant)
          .where('notice_id', '=', noticeId)
          .forUpdate()
          .executeTakeFirstOrThrow();
        const state = after(row.state, kind);
        const revision = row.revision + 1;
        await trx
          .updateTable('customer_notices')
          .set({
            state,
            revision,
            attempts: row.attempts + (kind === 'deferred' ? 1 : 0),
            next_at: kind === 'deferred' ? (nextAt ?? at) : null,
          })
          .where('tenant', '=', tenant)
          .where('notice_id', '=', noticeId)
          .execute();
        const sealed = text === null || seal === null ? null : seal(placeOf(noticeId, revision), text);
        await trx
          .insertInto('customer_notice_events')
          .values({ tenant, notice_id: noticeId, revision, kind, actor, at, code, sealed })
          .execute();
      });
      return find(noticeId);
    },
    async claim(now, until, limit) {
      const { rows: claimed } = await sql<{ notice_id: string }>`update customer_notices set next_at = ${until}
        where tenant = ${tenant} and notice_id in (
          select notice_id from customer_notices
          where tenant = ${tenant} and next_at is not null and next_at <= ${now}
          order by next_at limit ${limit} for update skip locked)
        returning notice_id`.execute(db);
      return Promise.all(claimed.map((row) => find(row.notice_id)));
    },
  };
}
