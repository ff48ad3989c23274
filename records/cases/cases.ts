import { sql } from 'kysely';
import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { CaseEvent, ReferralCase } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';

/** A case with how many events it has seen. */
export interface StoredCase {
  readonly case: ReferralCase;
  readonly revision: number;
}

/** One thing that was done to a case. */
export interface StoredCaseEvent {
  readonly revision: number;
  readonly event: CaseEvent;
  readonly at: Instant;
}

/** The referred cases of one tenant. Every call may be repeated without effect. */
export interface Cases {
  /** Puts a new case on record; a rating has at most one. Answers the one that is there. */
  open(opened: ReferralCase): Promise<StoredCase>;
  /** The same for many at once. */
  openAll(opened: readonly ReferralCase[]): Promise<void>;
  /** Stores the state after an event, unless a later one is stored already. */
  save(after: ReferralCase, revision: number, event: CaseEvent, at: string): Promise<void>;
  find(caseId: string): Promise<StoredCase | null>;
  /** The cases of a customer, in the order of their opening. */
  ofCustomer(customerId: string): Promise<readonly StoredCase[]>;
  events(caseId: string): Promise<readonly StoredCaseEvent[]>;
  /** Cases in the order of their opening, after a place; of one queue, and of those that wait or are closed, where that is asked for. */
  page(options: CasePage): Promise<readonly StoredCase[]>;
  /** Cases that wait for people, the nearest deadline first; of one queue where it is named. */
  waiting(options?: { readonly queue?: string; readonly limit?: number }): Promise<readonly ReferralCase[]>;
  /** Cases opened within [from, until). */
  opened(from: Instant, until: Instant): Promise<readonly ReferralCase[]>;
  /** Cases that no workflow follows yet, the oldest first. */
  unfollowed(limit: number): Promise<readonly ReferralCase[]>;
  followed(caseId: string): Promise<void>;
  /** Events that the audit chain does not hold yet, in the order in which they happened. */
  unaudited(limit: number): Promise<readonly UnauditedEvent[]>;
  audited(caseId: string, revision: number): Promise<void>;
}

/** Which cases a page holds. */
export interface CasePage {
  readonly queue?: string | undefined;
  readonly state?: 'waiting' | 'closed' | undefined;
  readonly after?: { readonly openedAt: string; readonly caseId: string } | undefined;
  readonly limit: number;
}

/** An event on its way into the audit chain. */
export interface UnauditedEvent extends StoredCaseEvent {
  readonly caseId: string;
  readonly ratingId: string;
  readonly customerId: string | null;
}

/** PostgreSQL takes 65,535 parameters a statement. */
const INSERTED_AT_ONCE = 1_000;

export function createCases(database: Database, tenant: Tenant): Cases {
  const { db } = database;
  const rows = () => db.selectFrom('referral_cases').select(['body', 'revision']).where('tenant', '=', tenant);
  const bodies = (found: readonly { readonly body: ReferralCase }[]) => found.map(({ body }) => body);
  const stored = (row: { readonly body: ReferralCase; readonly revision: number }): StoredCase => ({
    case: row.body,
    revision: row.revision,
  });
  const insert = async (opened: readonly ReferralCase[]): Promise<void> => {
    if (opened.length === 0) return;
    await db
      .insertInto('referral_cases')
      .values(
        opened.map((each) => ({
          tenant,
          case_id: each.caseId,
          rating_id: each.ratingId,
          customer_id: each.customerId,
          state: each.state,
          queue: each.queue,
          deadline: each.deadline,
          opened_at: each.openedAt,
          closed_at: each.closedAt,
          revision: 0,
          body: JSON.stringify(each),
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  };
  return {
    async openAll(opened) {
      for (let i = 0; i < opened.length; i += INSERTED_AT_ONCE) await insert(opened.slice(i, i + INSERTED_AT_ONCE));
    },
    async open(opened) {
      await insert([opened]);
      return stored(await rows().where('rating_id', '=', opened.ratingId).executeTakeFirstOrThrow());
    },
    async save(after, revision, event, at) {
      await db.transaction().execute(async (trx) => {
        // A row that an erasure has been through names nobody any more: what a workflow brings late stays away.
        const row = await trx
          .selectFrom('referral_cases')
          .select('revision')
          .where('tenant', '=', tenant)
          .where('case_id', '=', after.caseId)
          .where(sql<boolean>`customer_id is not distinct from ${after.customerId}`)
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined) return;
        await trx
          .insertInto('referral_case_events')
          .values({
            tenant,
            case_id: after.caseId,
            revision,
            kind: event.kind,
            actor: 'actor' in event ? event.actor : null,
            event: JSON.stringify(event),
            at,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await trx
          .updateTable('referral_cases')
          .set({
            state: after.state,
            queue: after.queue,
            deadline: after.deadline,
            closed_at: after.closedAt,
            revision,
            body: JSON.stringify(after),
          })
          .where('tenant', '=', tenant)
          .where('case_id', '=', after.caseId)
          .where('revision', '<', revision)
          .execute();
      });
    },
    async find(caseId) {
      const row = await rows().where('case_id', '=', caseId).executeTakeFirst();
      return row ? stored(row) : null;
    },
    async ofCustomer(customerId) {
      const found = await rows()
        .where('customer_id', '=', customerId)
        .orderBy('opened_at')
        .orderBy('case_id')
        .execute();
      return found.map(stored);
    },
    async events(caseId) {
      const found = await db
        .selectFrom('referral_case_events')
        .select(['revision', 'event', 'at'])
        .where('tenant', '=', tenant)
        .where('case_id', '=', caseId)
        .orderBy('revision')
        .execute();
      return found.map(({ revision, event, at }) => ({ revision, event, at: instant(at) }));
    },
    async page({ queue, state, after, limit }) {
      let query = rows();
      if (queue !== undefined) query = query.where('queue', '=', queue);
      if (state !== undefined) query = query.where('closed_at', state === 'waiting' ? 'is' : 'is not', null);
      if (after !== undefined)
        query = query.where(sql<boolean>`(opened_at, case_id) > (${after.openedAt}::timestamptz, ${after.caseId})`);
      return (await query.orderBy('opened_at').orderBy('case_id').limit(limit).execute()).map(stored);
    },
    async waiting({ queue, limit = 1000 } = {}) {
      const open = rows().where('closed_at', 'is', null);
      const asked = queue === undefined ? open : open.where('queue', '=', queue);
      return bodies(await asked.orderBy('deadline').orderBy('case_id').limit(limit).execute());
    },
    async opened(from, until) {
      return bodies(
        await rows()
          .where('opened_at', '>=', sql<Date>`${from}`)
          .where('opened_at', '<', sql<Date>`${until}`)
          .orderBy('opened_at')
          .orderBy('case_id')
          .execute(),
      );
    },
    async unfollowed(limit) {
      return bodies(
        await rows().where('followed', '=', false).orderBy('opened_at').orderBy('case_id').limit(limit).execute(),
      );
    },
    async followed(caseId) {
      await db
        .updateTable('referral_cases')
        .set({ followed: true })
        .where('tenant', '=', tenant)
        .where('case_id', '=', caseId)
        .execute();
    },
    async unaudited(limit) {
      const found = await db
        .selectFrom('referral_case_events as e')
        .innerJoin('referral_cases as c', (join) =>
          join.onRef('c.tenant', '=', 'e.tenant').onRef('c.case_id', '=', 'e.case_id'),
        )
        .select(['e.case_id', 'e.revision', 'e.event', 'e.at', 'c.rating_id', 'c.customer_id'])
        .where('e.tenant', '=', tenant)
        .where('e.audited', '=', false)
        .orderBy('e.at')
        .orderBy('e.case_id')
        .orderBy('e.revision')
        .limit(limit)
        .execute();
      return found.map((row) => ({
        caseId: row.case_id,
        ratingId: row.rating_id,
        customerId: row.customer_id,
        revision: row.revision,
        event: row.event,
        at: instant(row.at),
      }));
    },
    async audited(caseId, revision) {
      await db
        .updateTable('referral_case_events')
        .set({ audited: true })
        .where('tenant', '=', tenant)
        .where('case_id', '=', caseId)
        .where('revision', '=', revision)
        .execute();
    },
  };
}
