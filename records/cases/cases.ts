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
  /** Stores the state after an event, unless a later one is stored already. */
  save(after: ReferralCase, revision: number, event: CaseEvent, at: string): Promise<void>;
  find(caseId: string): Promise<StoredCase | null>;
  events(caseId: string): Promise<readonly StoredCaseEvent[]>;
  /** Cases that wait for people, the nearest deadline first; of one queue where it is named. */
  waiting(options?: { readonly queue?: string; readonly limit?: number }): Promise<readonly ReferralCase[]>;
  /** Cases opened within [from, until). */
  opened(from: Instant, until: Instant): Promise<readonly ReferralCase[]>;
  /** Cases that no workflow follows yet, the oldest first. */
  unfollowed(limit: number): Promise<readonly ReferralCase[]>;
  followed(caseId: string): Promise<void>;
}

export function createCases(database: Database, tenant: Tenant): Cases {
  const { db } = database;
  const rows = () => db.selectFrom('referral_cases').select(['body', 'revision']).where('tenant', '=', tenant);
  const bodies = (found: readonly { readonly body: ReferralCase }[]) => found.map(({ body }) => body);
  const stored = (row: { readonly body: ReferralCase; readonly revision: number }): StoredCase => ({
    case: row.body,
    revision: row.revision,
  });
  return {
    async open(opened) {
      await db
        .insertInto('referral_cases')
        .values({
          tenant,
          case_id: opened.caseId,
          rating_id: opened.ratingId,
          customer_id: opened.customerId,
          state: opened.state,
          queue: opened.queue,
          deadline: opened.deadline,
          opened_at: opened.openedAt,
          closed_at: opened.closedAt,
          revision: 0,
          body: JSON.stringify(opened),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return stored(await rows().where('rating_id', '=', opened.ratingId).executeTakeFirstOrThrow());
    },
    async save(after, revision, event, at) {
      await db.transaction().execute(async (trx) => {
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
  };
}
