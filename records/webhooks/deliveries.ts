import { sql } from 'kysely';
import { instant, ProbityError, sha256, uuidv7, type Instant, type Tenant } from '../../base/index.ts';
import { createFeedReading, type Change, type FeedPlace } from '../changes/index.ts';
import type { Database } from '../database/index.ts';

/** The type of a delivery that only shows that it arrives. */
export const TEST_TYPE = 'test';

/** One message to one webhook, and what became of it. */
export interface Delivery {
  /** Always the same for the same message: receivers tell repetitions by it. */
  readonly deliveryId: string;
  readonly type: string;
  readonly changeId: string;
  /** Record of the audit chain; 0: a test. */
  readonly sequence: number;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastProblem: string | null;
  readonly createdAt: Instant;
  /** When it is tried next, while it is pending. */
  readonly nextAt: Instant;
  readonly endedAt: Instant | null;
}

/** How a try ended. */
export interface Tried {
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly status: number | null;
  readonly problem: string | null;
  readonly nextAt: Instant;
}

/** Deliveries on record by state, and their tries beyond the first of each. */
export interface DeliveryCounts {
  readonly pending: number;
  readonly delivered: number;
  readonly dead: number;
  readonly retries: number;
}

/** The deliveries of one tenant. Every call may be repeated without effect. */
export interface Deliveries {
  /** Plans a delivery of each change to each active webhook that asks for its type and was there before it; answers the webhooks. */
  plan(changes: readonly Change[]): Promise<readonly string[]>;
  /** Plans a test. */
  test(webhookId: string): Promise<Delivery>;
  /** Pending ones whose time has come, the oldest first; of a customer only the first that is not delivered, so that changes come in order. */
  due(webhookId: string, at: Instant, limit: number): Promise<readonly Delivery[]>;
  /** When the next is to be tried of those that wait for no earlier one; null: none is pending. */
  nextAt(webhookId: string): Promise<Instant | null>;
  tried(webhookId: string, deliveryId: string, tried: Tried): Promise<void>;
  /** Tries a dead one again. Throws UNKNOWN_DELIVERY where no dead one has this id. */
  again(webhookId: string, deliveryId: string): Promise<Delivery>;
  /** Newest first, before a place; of one state where it is named. */
  page(
    webhookId: string,
    options: {
      readonly state?: Delivery['state'] | undefined;
      readonly before?: { readonly createdAt: string; readonly deliveryId: string } | undefined;
      readonly limit: number;
    },
  ): Promise<readonly Delivery[]>;
  /** Active webhooks that have something pending. */
  waiting(): Promise<readonly string[]>;
  /** How many are in each state, and how many tries were repetitions. */
  counts(): Promise<DeliveryCounts>;
  /** Where to read the feed on: no webhook is told of what is before it. Null: there is no webhook. */
  place(): Promise<FeedPlace | null>;
  remember(place: FeedPlace): Promise<void>;
}

const COLUMNS = [
  'delivery_id',
  'type',
  'change_id',
  'sequence',
  'state',
  'attempts',
  'last_status',
  'last_problem',
  'created_at',
  'next_at',
  'ended_at',
] as const;

interface Row {
  readonly delivery_id: string;
  readonly type: string;
  readonly change_id: string;
  readonly sequence: number;
  readonly state: Delivery['state'];
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_problem: string | null;
  readonly created_at: Date;
  readonly next_at: Date;
  readonly ended_at: Date | null;
}

const toDelivery = (row: Row): Delivery => ({
  deliveryId: row.delivery_id,
  type: row.type,
  changeId: row.change_id,
  sequence: row.sequence,
  state: row.state,
  attempts: row.attempts,
  lastStatus: row.last_status,
  lastProblem: row.last_problem,
  createdAt: instant(row.created_at),
  nextAt: instant(row.next_at),
  endedAt: row.ended_at === null ? null : instant(row.ended_at),
});

export function createDeliveries(database: Database, tenant: Tenant): Deliveries {
  const { db } = database;
  const reading = createFeedReading(database, tenant, 'webhook_places');
  const of = (webhookId: string) =>
    db
      .selectFrom('webhook_deliveries')
      .select(COLUMNS)
      .where('tenant', '=', tenant)
      .where('webhook_id', '=', webhookId);
  /** Of each customer the first that is pending. */
  const firstsOf = (webhookId: string) => sql`
    select distinct on (coalesce(subject, delivery_id)) * from webhook_deliveries
    where tenant = ${tenant} and webhook_id = ${webhookId} and state = 'pending'
    order by coalesce(subject, delivery_id), sequence, delivery_id`;
  return {
    async plan(changes) {
      const webhooks = await db
        .selectFrom('webhooks')
        .select(['webhook_id', 'types', 'from_sequence'])
        .where('tenant', '=', tenant)
        .where('state', '=', 'active')
        .execute();
      const planned = changes.flatMap((change) =>
        webhooks
          .filter(({ types, from_sequence: from }) => types.includes(change.type) && change.sequence >= from)
          .map(({ webhook_id: webhookId }) => ({
            tenant,
            webhook_id: webhookId,
            delivery_id: sha256(`${webhookId} ${change.id}`).slice(0, 32),
            sequence: change.sequence,
            change_id: change.id,
            type: change.type,
            subject: change.subject,
            state: 'pending' as const,
            last_status: null,
            last_problem: null,
            ended_at: null,
          })),
      );
      if (planned.length > 0)
        await db
          .insertInto('webhook_deliveries')
          .values(planned)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      return [...new Set(planned.map((each) => each.webhook_id))];
    },
    async test(webhookId) {
      const deliveryId = uuidv7().replaceAll('-', '');
      const row = await db
        .insertInto('webhook_deliveries')
        .values({
          tenant,
          webhook_id: webhookId,
          delivery_id: deliveryId,
          sequence: 0,
          change_id: TEST_TYPE,
          type: TEST_TYPE,
          subject: null,
          state: 'pending',
          last_status: null,
          last_problem: null,
          ended_at: null,
        })
        .returning(COLUMNS)
        .executeTakeFirstOrThrow();
      return toDelivery(row);
    },
    async due(webhookId, at, limit) {
      const { rows } = await sql<Row>`
        select ${sql.join(COLUMNS.map((column) => sql.ref(column)))} from (${firstsOf(webhookId)}) first
        where next_at <= ${at}::timestamptz
        order by sequence, delivery_id limit ${limit}`.execute(db);
      return rows.map(toDelivery);
    },
    async nextAt(webhookId) {
      // What waits behind an earlier change of its customer is not due before that one.
      const { rows } = await sql<{ readonly next_at: Date | null }>`
        select min(next_at) as next_at from (${firstsOf(webhookId)}) first`.execute(db);
      const at = rows[0]?.next_at ?? null;
      return at === null ? null : instant(at);
    },
    async tried(webhookId, deliveryId, { state, status, problem, nextAt }) {
      await db
        .updateTable('webhook_deliveries')
        .set({
          state,
          attempts: sql<number>`attempts + 1`,
          last_status: status,
          last_problem: problem,
          next_at: nextAt,
          ended_at: state === 'pending' ? null : sql<Date>`clock_timestamp()`,
        })
        .where('tenant', '=', tenant)
        .where('webhook_id', '=', webhookId)
        .where('delivery_id', '=', deliveryId)
        .where('state', '=', 'pending')
        .execute();
    },
    async again(webhookId, deliveryId) {
      const row = await db
        .updateTable('webhook_deliveries')
        .set({
          state: 'pending',
          attempts: 0,
          created_at: sql<Date>`clock_timestamp()`,
          next_at: sql<Date>`clock_timestamp()`,
          ended_at: null,
        })
        .where('tenant', '=', tenant)
        .where('webhook_id', '=', webhookId)
        .where('delivery_id', '=', deliveryId)
        .where('state', '=', 'dead')
        .returning(COLUMNS)
        .executeTakeFirst();
      if (row === undefined) throw new ProbityError('UNKNOWN_DELIVERY', 'No dead delivery with this id is on record.');
      return toDelivery(row);
    },
    async page(webhookId, { state, before, limit }) {
      let query = of(webhookId);
      if (state !== undefined) query = query.where('state', '=', state);
      const at = sql`date_trunc('milliseconds', created_at)`;
      if (before !== undefined)
        query = query.where(
          sql<boolean>`(${at}, delivery_id) < (${before.createdAt}::timestamptz, ${before.deliveryId})`,
        );
      return (await query.orderBy(at, 'desc').orderBy('delivery_id', 'desc').limit(limit).execute()).map(toDelivery);
    },
    async waiting() {
      const rows = await db
        .selectFrom('webhook_deliveries as d')
        .innerJoin('webhooks as w', (join) =>
          join.onRef('w.tenant', '=', 'd.tenant').onRef('w.webhook_id', '=', 'd.webhook_id'),
        )
        .select('d.webhook_id')
        .distinct()
        .where('d.tenant', '=', tenant)
        .where('d.state', '=', 'pending')
        .where('w.state', '=', 'active')
        .execute();
      return rows.map((row) => row.webhook_id);
    },
    async counts() {
      const { rows } = await sql<DeliveryCounts>`
        select count(*) filter (where state = 'pending')::int as pending,
          count(*) filter (where state = 'delivered')::int as delivered,
          count(*) filter (where state = 'dead')::int as dead,
          coalesce(sum(greatest(attempts - 1, 0)), 0)::int as retries
        from webhook_deliveries where tenant = ${tenant}`.execute(db);
      return rows[0] ?? { pending: 0, delivered: 0, dead: 0, retries: 0 };
    },
    async place() {
      const { first } = await db
        .selectFrom('webhooks')
        .select(({ fn }) => fn.min('from_sequence').as('first'))
        .where('tenant', '=', tenant)
        .executeTakeFirstOrThrow();
      if (first === null) return null;
      const read = await reading.place();
      return read.sequence + 1 < first ? { sequence: first - 1, taken: 0 } : read;
    },
    remember: (place) => reading.remember(place),
  };
}
