import { sql, type RawBuilder } from 'kysely';
import { instant, type Instant, type Json, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import type { Receipt } from '../ratings/index.ts';

/** Where things of one kind and their events are stored. */
export interface FollowedTables {
  readonly things: 'referral_cases' | 'early_warnings' | 'customer_reviews' | 'disputes';
  readonly events: 'referral_case_events' | 'early_warning_events' | 'customer_review_events' | 'dispute_events';
  /** The column that names the thing in both. */
  readonly id: 'case_id' | 'warning_id' | 'review_id' | 'dispute_id';
}

/** One thing that was done to it. */
export interface StoredEvent<Event> {
  readonly revision: number;
  readonly event: Event;
  readonly at: Instant;
}

/** An event on its way into the audit chain. */
export interface UnauditedEvent<Thing, Event> extends StoredEvent<Event> {
  readonly id: string;
  readonly customerId: string | null;
  readonly thing: Thing;
  /** The event as it is stored, what people wrote in it sealed: so it goes into the chain. Absent: as `event` is. */
  readonly recorded?: Json;
}

/** A thing after a step, with what proves the step later; null: it changed nothing, so that the records hold none. */
export type Receipted<Thing> = Thing & { readonly receipt: Receipt | null };

/** The state after an event. */
export interface Step<Thing, Event> {
  readonly id: string;
  readonly customerId: string | null;
  readonly after: Thing;
  /** The state's own columns. */
  readonly columns: Readonly<Record<string, string | null>>;
  readonly revision: number;
  readonly event: Event;
  readonly at: string;
}

/** The records of followed things of one kind of one tenant. Every call may be repeated without effect. */
export interface FollowedRecords<Thing, Event> {
  /** Stores the state after an event, unless a later one is stored already. */
  save(step: Step<Thing, Event>): Promise<void>;
  events(id: string): Promise<readonly StoredEvent<Event>[]>;
  /** Those that stand and that no workflow follows yet, the oldest first. */
  unfollowed(limit: number): Promise<readonly Thing[]>;
  followed(id: string): Promise<void>;
  /** Events that the audit chain does not hold yet, in the order in which they happened. */
  unaudited(limit: number): Promise<readonly UnauditedEvent<Thing, Event>[]>;
  /** The events of one, in their order, as the audit chain holds or is to hold them. */
  auditable(id: string): Promise<readonly (UnauditedEvent<Thing, Event> & { readonly audited: boolean })[]>;
  audited(id: string, revision: number): Promise<void>;
}

/** What a desk needs of them to have things followed and put on record. */
export type FollowedSteps<Thing, Event> = Pick<
  FollowedRecords<Thing, Event>,
  'unfollowed' | 'followed' | 'unaudited' | 'auditable' | 'audited'
>;

export function followedRecords<Thing, Event extends { readonly kind: string }>(
  { db, texts }: Database,
  tenant: Tenant,
  tables: FollowedTables,
): FollowedRecords<Thing, Event> {
  const things = sql.table(tables.things);
  const events = sql.table(tables.events);
  const idColumn = sql.ref(tables.id);
  const isOne = (id: string): RawBuilder<boolean> => sql`tenant = ${tenant} and ${idColumn} = ${id}`;
  type AuditRow = {
    readonly id: string;
    readonly customer_id: string | null;
    readonly body: Thing;
    readonly revision: number;
    readonly event: Event;
    /** As text, which nothing opens on its way. */
    readonly recorded: string;
    readonly at: Date;
    readonly audited: boolean;
  };
  /** Events with the things that they are of. */
  const auditRows = async (which: RawBuilder<unknown>) => {
    const { rows } =
      await sql<AuditRow>`select e.${idColumn} as id, t.customer_id, t.body, e.revision, e.event, e.event::text as recorded, e.at, e.audited
      from ${events} e join ${things} t on t.tenant = e.tenant and t.${idColumn} = e.${idColumn}
      where e.tenant = ${tenant} and ${which}`.execute(db);
    return rows.map(({ customer_id: customerId, body: thing, at, recorded, ...row }) => ({
      ...row,
      recorded: JSON.parse(recorded) as Json,
      customerId,
      thing,
      at: instant(at),
    }));
  };
  return {
    async save({ id, customerId, after, columns, revision, event, at }) {
      const actor = 'actor' in event && typeof event.actor === 'string' ? event.actor : null;
      const [sealedEvent, sealedAfter] =
        texts === undefined
          ? [event, after]
          : [await texts.seal(customerId, event), await texts.seal(customerId, after)];
      // Erased meanwhile: what a workflow brings late stays away.
      if (sealedEvent === null || sealedAfter === null) return;
      const set = Object.entries(columns).map(([column, value]) => sql`${sql.ref(column)} = ${value}, `);
      await db.transaction().execute(async (trx) => {
        // A row that an erasure has been through names nobody any more: what a workflow brings late stays away.
        const { rows } = await sql`select from ${things}
          where ${isOne(id)} and customer_id is not distinct from ${customerId} for update`.execute(trx);
        if (rows.length === 0) return;
        await sql`insert into ${events} (tenant, ${idColumn}, revision, kind, actor, event, at)
          values (${tenant}, ${id}, ${revision}, ${event.kind}, ${actor}, ${JSON.stringify(sealedEvent)}, ${at})
          on conflict do nothing`.execute(trx);
        await sql`update ${things} set ${sql.join(set, sql``)} revision = ${revision}, body = ${JSON.stringify(sealedAfter)}
          where ${isOne(id)} and revision < ${revision}`.execute(trx);
      });
    },
    async events(id) {
      const { rows } = await sql<{ revision: number; event: Event; at: Date }>`select revision, event, at
        from ${events} where ${isOne(id)} order by revision`.execute(db);
      return rows.map(({ revision, event, at }) => ({ revision, event, at: instant(at) }));
    },
    async unfollowed(limit) {
      const { rows } = await sql<{ body: Thing }>`select body from ${things}
        where tenant = ${tenant} and not followed and closed_at is null
        order by opened_at, ${idColumn} limit ${limit}`.execute(db);
      return rows.map(({ body }) => body);
    },
    async followed(id) {
      await sql`update ${things} set followed = true where ${isOne(id)}`.execute(db);
    },
    unaudited: (limit) => auditRows(sql`not e.audited order by e.at, e.${idColumn}, e.revision limit ${limit}`),
    auditable: (id) => auditRows(sql`e.${idColumn} = ${id} order by e.revision`),
    async audited(id, revision) {
      await sql`update ${events} set audited = true where ${isOne(id)} and revision = ${revision}`.execute(db);
    },
  };
}
