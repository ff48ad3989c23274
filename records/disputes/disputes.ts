import { sql } from 'kysely';
import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { Dispute, DisputeEvent } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';

/** A dispute with how many events it has seen, and what came of it. */
export interface StoredDispute {
  readonly dispute: Dispute;
  readonly revision: number;
  /** Upheld, and its correction is recorded and the customer rated again; the rating, where one could be made. */
  readonly settled: boolean;
  readonly ratingId: string | null;
}

/** The opening of a dispute, or one thing that was done to it. */
export type RecordedDisputeEvent = { readonly kind: 'open' } | DisputeEvent;

/** An event on its way into the audit chain. */
export interface UnauditedDisputeEvent {
  readonly disputeId: string;
  readonly customerId: string;
  readonly revision: number;
  readonly event: RecordedDisputeEvent;
  readonly at: Instant;
}

/** The disputes of one tenant. Every call but `open` may be repeated without effect. */
export interface Disputes {
  open(opened: Dispute): Promise<void>;
  /** Stores the state after an event, unless a later one is stored already. */
  save(after: Dispute, revision: number, event: DisputeEvent, at: string): Promise<void>;
  find(disputeId: string): Promise<StoredDispute | null>;
  /** All of a customer, oldest first. */
  of(customerId: string): Promise<readonly StoredDispute[]>;
  /** Open ones, the nearest deadline first. */
  waiting(limit: number): Promise<readonly Dispute[]>;
  /** Those that no workflow follows yet. */
  unfollowed(limit: number): Promise<readonly Dispute[]>;
  followed(disputeId: string): Promise<void>;
  /** Upheld ones whose correction and re-rating are still to be done. */
  unsettled(limit: number): Promise<readonly Dispute[]>;
  settled(disputeId: string, ratingId: string | null): Promise<void>;
  unaudited(limit: number): Promise<readonly UnauditedDisputeEvent[]>;
  audited(disputeId: string, revision: number): Promise<void>;
}

export function createDisputes({ db }: Database, tenant: Tenant): Disputes {
  const rows = () => db.selectFrom('disputes').selectAll().where('tenant', '=', tenant);
  type Row = Awaited<ReturnType<ReturnType<typeof rows>['execute']>>[number];
  const stored = ({ body, revision, settled, rating_id: ratingId }: Row): StoredDispute => ({
    dispute: body,
    revision,
    settled,
    ratingId,
  });
  const change = (disputeId: string, set: { followed: true } | { settled: true; rating_id: string | null }) =>
    db.updateTable('disputes').set(set).where('tenant', '=', tenant).where('dispute_id', '=', disputeId).execute();
  return {
    async open(opened) {
      const { disputeId: dispute_id, customerId: customer_id, state, deadline, openedAt: at } = opened;
      await db.transaction().execute(async (trx) => {
        const row = { tenant, dispute_id, customer_id, state, deadline, opened_at: at, closed_at: null };
        await trx
          .insertInto('disputes')
          .values({ ...row, revision: 0, rating_id: null, body: JSON.stringify(opened) })
          .execute();
        const event = JSON.stringify({ kind: 'open' });
        await trx
          .insertInto('dispute_events')
          .values({ tenant, dispute_id, revision: 0, kind: 'open', event, at })
          .execute();
      });
    },
    async save(after, revision, event, at) {
      const { disputeId: dispute_id, state, closedAt: closed_at } = after;
      await db.transaction().execute(async (trx) => {
        // A row that an erasure has been through names nobody any more: what a workflow brings late stays away.
        const row = await trx
          .selectFrom('disputes')
          .select('revision')
          .where('tenant', '=', tenant)
          .where('dispute_id', '=', dispute_id)
          .where('customer_id', '=', after.customerId)
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined) return;
        await trx
          .insertInto('dispute_events')
          .values({ tenant, dispute_id, revision, kind: event.kind, event: JSON.stringify(event), at })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await trx
          .updateTable('disputes')
          .set({ state, closed_at, revision, body: JSON.stringify(after) })
          .where('tenant', '=', tenant)
          .where('dispute_id', '=', dispute_id)
          .where('revision', '<', revision)
          .execute();
      });
    },
    async find(disputeId) {
      const row = await rows().where('dispute_id', '=', disputeId).executeTakeFirst();
      return row ? stored(row) : null;
    },
    async of(customerId) {
      const found = rows().where('customer_id', '=', customerId).orderBy('opened_at').orderBy('dispute_id');
      return (await found.execute()).map(stored);
    },
    async waiting(limit) {
      const found = rows().where('state', '=', 'open').orderBy('deadline').orderBy('dispute_id').limit(limit);
      return (await found.execute()).map(({ body }) => body);
    },
    async unfollowed(limit) {
      const found = rows().where('followed', '=', false).where('state', '=', 'open').orderBy('opened_at').limit(limit);
      return (await found.execute()).map(({ body }) => body);
    },
    async followed(disputeId) {
      await change(disputeId, { followed: true });
    },
    async unsettled(limit) {
      const found = rows().where('state', '=', 'upheld').where('settled', '=', false).orderBy('closed_at').limit(limit);
      return (await found.execute()).map(({ body }) => body);
    },
    async settled(disputeId, ratingId) {
      await change(disputeId, { settled: true, rating_id: ratingId });
    },
    async unaudited(limit) {
      const found = await db
        .selectFrom('dispute_events as e')
        .innerJoin('disputes as d', (join) =>
          join.onRef('d.tenant', '=', 'e.tenant').onRef('d.dispute_id', '=', 'e.dispute_id'),
        )
        .select(['e.dispute_id', 'e.revision', 'e.event', 'e.at', 'd.customer_id'])
        .where('e.tenant', '=', tenant)
        .where('e.audited', '=', false)
        .orderBy('e.at')
        .orderBy('e.dispute_id')
        .orderBy('e.revision')
        .limit(limit)
        .execute();
      return found.map((row) => ({
        disputeId: row.dispute_id,
        customerId: row.customer_id,
        revision: row.revision,
        event: row.event,
        at: instant(row.at),
      }));
    },
    async audited(disputeId, revision) {
      await db
        .updateTable('dispute_events')
        .set({ audited: sql`true` })
        .where('tenant', '=', tenant)
        .where('dispute_id', '=', disputeId)
        .where('revision', '=', revision)
        .execute();
    },
  };
}
