import { sql } from 'kysely';
import type { Instant, Tenant } from '../../base/index.ts';
import type { CaseEvent, ReferralCase } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';
import { followedRecords, type FollowedSteps, type StoredEvent } from '../followed/index.ts';

/** A case with how many events it has seen. */
export interface StoredCase {
  readonly case: ReferralCase;
  readonly revision: number;
}

/** One thing that was done to a case. */
export type StoredCaseEvent = StoredEvent<CaseEvent>;

/** The referred cases of one tenant. Every call may be repeated without effect. */
export interface Cases extends FollowedSteps<ReferralCase, CaseEvent> {
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
}

/** Which cases a page holds. */
export interface CasePage {
  readonly queue?: string | undefined;
  readonly state?: 'waiting' | 'closed' | undefined;
  readonly after?: { readonly openedAt: string; readonly caseId: string } | undefined;
  readonly limit: number;
}

/** Cases that one statement opens at most. */
const OPENED_AT_ONCE = 1_000;

/** Opens a group in one statement, parsed once a connection: half of all ratings under load may refer. The cases come as one JSON array, and each is its own body. */
const OPEN = {
  name: 'probity-open-cases',
  text: `
    insert into referral_cases (tenant, case_id, rating_id, customer_id, state, queue, deadline, opened_at, closed_at, revision, body)
    select $1, c->>'caseId', c->>'ratingId', c->>'customerId', c->>'state', c->>'queue', (c->>'deadline')::timestamptz,
      (c->>'openedAt')::timestamptz, (c->>'closedAt')::timestamptz, 0, c
    from jsonb_array_elements($2::jsonb) as c
    on conflict do nothing`,
} as const;

export function createCases(database: Database, tenant: Tenant): Cases {
  const { db } = database;
  const steps = followedRecords<ReferralCase, CaseEvent>(database, tenant, {
    things: 'referral_cases',
    events: 'referral_case_events',
    id: 'case_id',
  });
  const rows = () => db.selectFrom('referral_cases').select(['body', 'revision']).where('tenant', '=', tenant);
  const bodies = (found: readonly { readonly body: ReferralCase }[]) => found.map(({ body }) => body);
  const stored = (row: { readonly body: ReferralCase; readonly revision: number }): StoredCase => ({
    case: row.body,
    revision: row.revision,
  });
  const insert = async (opened: readonly ReferralCase[]): Promise<void> => {
    if (opened.length === 0) return;
    await database.withConnection((connection) =>
      connection.query({ values: [tenant, JSON.stringify(opened)], ...OPEN }),
    );
  };
  return {
    ...steps,
    async openAll(opened) {
      for (let i = 0; i < opened.length; i += OPENED_AT_ONCE) await insert(opened.slice(i, i + OPENED_AT_ONCE));
    },
    async open(opened) {
      await insert([opened]);
      return stored(await rows().where('rating_id', '=', opened.ratingId).executeTakeFirstOrThrow());
    },
    async save(after, revision, event, at) {
      const { caseId: id, customerId, state, queue, deadline, closedAt: closed_at } = after;
      await steps.save({ id, customerId, after, columns: { state, queue, deadline, closed_at }, revision, event, at });
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
  };
}
