import { sql } from 'kysely';
import { ProbityError, type Tenant } from '../../base/index.ts';
import type { Dispute, DisputeEvent } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';
import { followedRecords, type FollowedSteps, type StoredEvent } from '../followed/index.ts';

/** A dispute with how many events it has seen, and what came of it. */
export interface StoredDispute {
  readonly dispute: Dispute;
  readonly revision: number;
  /** Upheld, and its correction is recorded and the customer rated again; the rating, where one could be made. */
  readonly settled: boolean;
  readonly ratingId: string | null;
}

/** A part of the queue: behind a place in it. */
export interface DisputeQueuePage {
  readonly limit: number;
  readonly after?: { readonly deadline: string; readonly disputeId: string } | undefined;
}

/** The opening of a dispute, or one thing that was done to it. */
export type RecordedDisputeEvent = { readonly kind: 'open' } | DisputeEvent;

/** One thing that was done to a dispute. */
export type StoredDisputeEvent = StoredEvent<RecordedDisputeEvent>;

/** The disputes of one tenant. Every call but `open` may be repeated without effect. */
export interface Disputes extends FollowedSteps<Dispute, RecordedDisputeEvent> {
  open(opened: Dispute): Promise<void>;
  /** Stores the state after an event, unless a later one is stored already. */
  save(after: Dispute, revision: number, event: DisputeEvent, at: string): Promise<void>;
  find(disputeId: string): Promise<StoredDispute | null>;
  events(disputeId: string): Promise<readonly StoredDisputeEvent[]>;
  /** All of a customer, oldest first. */
  of(customerId: string): Promise<readonly StoredDispute[]>;
  /** Open ones, the nearest deadline first. */
  waiting(page: DisputeQueuePage): Promise<readonly Dispute[]>;
  /** Upheld ones whose correction and re-rating are still to be done. */
  unsettled(limit: number): Promise<readonly Dispute[]>;
  settled(disputeId: string, ratingId: string | null): Promise<void>;
}

export function createDisputes(database: Database, tenant: Tenant): Disputes {
  const { db, texts } = database;
  const steps = followedRecords<Dispute, RecordedDisputeEvent>(database, tenant, {
    things: 'disputes',
    events: 'dispute_events',
    id: 'dispute_id',
  });
  const rows = () => db.selectFrom('disputes').selectAll().where('tenant', '=', tenant);
  type Row = Awaited<ReturnType<ReturnType<typeof rows>['execute']>>[number];
  const stored = ({ body, revision, settled, rating_id: ratingId }: Row): StoredDispute => ({
    dispute: body,
    revision,
    settled,
    ratingId,
  });
  return {
    ...steps,
    async open(opened) {
      const sealed = texts === undefined ? opened : await texts.seal(opened.customerId, opened);
      if (sealed === null)
        throw new ProbityError(
          'SUBJECT_ERASED',
          'The data of this customer were erased; nothing personal is kept again.',
        );
      const { disputeId: dispute_id, customerId: customer_id, state, deadline, openedAt: at } = opened;
      await db.transaction().execute(async (trx) => {
        const row = { tenant, dispute_id, customer_id, state, deadline, opened_at: at, closed_at: null };
        await trx
          .insertInto('disputes')
          .values({ ...row, revision: 0, rating_id: null, body: JSON.stringify(sealed) })
          .execute();
        const event = JSON.stringify({ kind: 'open' });
        await trx
          .insertInto('dispute_events')
          .values({ tenant, dispute_id, revision: 0, kind: 'open', actor: null, event, at })
          .execute();
      });
    },
    async save(after, revision, event, at) {
      const { disputeId: id, customerId, state, closedAt: closed_at } = after;
      await steps.save({ id, customerId, after, columns: { state, closed_at }, revision, event, at });
    },
    async find(disputeId) {
      const row = await rows().where('dispute_id', '=', disputeId).executeTakeFirst();
      return row ? stored(row) : null;
    },
    async of(customerId) {
      const found = rows().where('customer_id', '=', customerId).orderBy('opened_at').orderBy('dispute_id');
      return (await found.execute()).map(stored);
    },
    async waiting({ limit, after }) {
      let found = rows().where('state', '=', 'open');
      if (after !== undefined)
        found = found.where(
          sql<boolean>`(deadline, dispute_id) > (${after.deadline}::timestamptz, ${after.disputeId})`,
        );
      const read = await found.orderBy('deadline').orderBy('dispute_id').limit(limit).execute();
      return read.map(({ body }) => body);
    },
    async unsettled(limit) {
      const found = rows().where('state', '=', 'upheld').where('settled', '=', false).orderBy('closed_at').limit(limit);
      return (await found.execute()).map(({ body }) => body);
    },
    async settled(disputeId, ratingId) {
      await db
        .updateTable('disputes')
        .set({ settled: true, rating_id: ratingId })
        .where('tenant', '=', tenant)
        .where('dispute_id', '=', disputeId)
        .execute();
    },
  };
}
