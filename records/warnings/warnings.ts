import { sql } from 'kysely';
import type { Instant, Tenant } from '../../base/index.ts';
import type { EarlyWarning, WarningEvent, WarningLevel } from '../../rating/index.ts';
import { createFeedReading, type FeedReading } from '../changes/index.ts';
import type { Database } from '../database/index.ts';
import { followedRecords, type FollowedSteps, type StoredEvent } from '../followed/index.ts';

/** A warning with how many events it has seen. */
export interface StoredWarning {
  readonly warning: EarlyWarning;
  readonly revision: number;
}

/** One thing that was done to a warning. */
export type StoredWarningEvent = StoredEvent<WarningEvent>;

/** Which warnings a page holds. */
export interface WarningPage {
  /** Of this customer, and of its group or of those with equal identity data together with it. */
  readonly customerId?: string | undefined;
  readonly level?: WarningLevel | undefined;
  readonly owner?: string | undefined;
  readonly state?: 'standing' | 'closed' | undefined;
  readonly after?: { readonly openedAt: string; readonly warningId: string } | undefined;
  readonly limit: number;
}

/** The early warnings of one tenant, and how far the change feed was read for triggers. Every call may be repeated without effect. */
export interface Warnings extends FollowedSteps<EarlyWarning, WarningEvent>, FeedReading {
  /** Puts a warning on record, unless it is there, or one of the same trigger stands for the customer; answers the one that stands, or that was this one. */
  raise(raised: EarlyWarning): Promise<StoredWarning>;
  /** Stores the state after an event, unless a later one is stored already. */
  save(after: EarlyWarning, revision: number, event: WarningEvent, at: string): Promise<void>;
  find(warningId: string): Promise<StoredWarning | null>;
  /** The standing warning of a trigger of a customer, or null. */
  standing(customerId: string, code: string): Promise<StoredWarning | null>;
  events(warningId: string): Promise<readonly StoredWarningEvent[]>;
  /** Warnings in the order of their opening, after a place. */
  page(options: WarningPage): Promise<readonly StoredWarning[]>;
  /** Warnings opened within [from, until). */
  opened(from: Instant, until: Instant): Promise<readonly EarlyWarning[]>;
  /** Warnings opened before an instant that stood at it. */
  standingAt(at: Instant): Promise<readonly EarlyWarning[]>;
}

export function createWarnings(database: Database, tenant: Tenant): Warnings {
  const { db } = database;
  const steps = followedRecords<EarlyWarning, WarningEvent>(database, tenant, {
    things: 'early_warnings',
    events: 'early_warning_events',
    id: 'warning_id',
  });
  const rows = () => db.selectFrom('early_warnings').select(['body', 'revision']).where('tenant', '=', tenant);
  const stored = (row: { readonly body: EarlyWarning; readonly revision: number }): StoredWarning => ({
    warning: row.body,
    revision: row.revision,
  });
  const bodies = (found: readonly { readonly body: EarlyWarning }[]) => found.map(({ body }) => body);
  const find = async (warningId: string): Promise<StoredWarning | null> => {
    const row = await rows().where('warning_id', '=', warningId).executeTakeFirst();
    return row ? stored(row) : null;
  };
  const standing = async (customerId: string, code: string): Promise<StoredWarning | null> => {
    const row = await rows()
      .where('customer_id', '=', customerId)
      .where('code', '=', code)
      .where('closed_at', 'is', null)
      .executeTakeFirst();
    return row ? stored(row) : null;
  };
  const raise = async (raised: EarlyWarning): Promise<StoredWarning> => {
    await db
      .insertInto('early_warnings')
      .values({
        tenant,
        warning_id: raised.warningId,
        customer_id: raised.customerId,
        code: raised.code,
        level: raised.level,
        state: raised.state,
        owner: raised.owner,
        close_by: raised.closeBy,
        opened_at: raised.openedAt,
        closed_at: raised.closedAt,
        revision: 0,
        body: JSON.stringify(raised),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const there = (await find(raised.warningId)) ?? (await standing(raised.customerId, raised.code));
    // Null: the one that stood in its way was closed between the two statements.
    return there ?? raise(raised);
  };
  return {
    ...steps,
    ...createFeedReading(database, tenant, 'warning_places'),
    find,
    standing,
    raise,
    async save(after, revision, event, at) {
      const { warningId: id, customerId, level, state, owner, closeBy: close_by, closedAt: closed_at } = after;
      const columns = { level, state, owner, close_by, closed_at };
      await steps.save({ id, customerId, after, columns, revision, event, at });
    },
    async page({ customerId, level, owner, state, after, limit }) {
      let query = rows();
      if (customerId !== undefined) query = query.where(concerns(tenant, customerId));
      if (level !== undefined) query = query.where('level', '=', level);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      if (state !== undefined) query = query.where('closed_at', state === 'standing' ? 'is' : 'is not', null);
      if (after !== undefined)
        query = query.where(
          sql<boolean>`(opened_at, warning_id) > (${after.openedAt}::timestamptz, ${after.warningId})`,
        );
      return (await query.orderBy('opened_at').orderBy('warning_id').limit(limit).execute()).map(stored);
    },
    async opened(from, until) {
      return bodies(
        await rows()
          .where('opened_at', '>=', sql<Date>`${from}`)
          .where('opened_at', '<', sql<Date>`${until}`)
          .orderBy('opened_at')
          .orderBy('warning_id')
          .execute(),
      );
    },
    async standingAt(at) {
      return bodies(
        await rows()
          .where('opened_at', '<', sql<Date>`${at}`)
          .where((on) => on.or([on('closed_at', 'is', null), on('closed_at', '>', sql<Date>`${at}`)]))
          .orderBy('opened_at')
          .orderBy('warning_id')
          .execute(),
      );
    },
  };
}

/**
 * Warnings of a customer, and those that it shares: of triggers of its own or of whom it is counted in with, while they stand, and where none of a warning does, of those that did. A
 * trigger tells by its id which warning it is part of, and feeds the one that stands of its subject where that was raised before.
 */
const concerns = (tenant: Tenant, customerId: string) => sql<boolean>`(customer_id = ${customerId}
  or split_part(warning_id, '.', 1) in (select warning_id from (${sharedTriggers(tenant, customerId)}) shared
    where standing or not exists (
      select from signal_triggers o where o.tenant = ${tenant} and o.warning_id = shared.warning_id and o.standing))
  or closed_at is null and (customer_id, code) in (
    select subject, code from (${sharedTriggers(tenant, customerId)}) shared where standing))`;

/** Triggers that are part of a shared warning: a customer's own, and those of subjects with whom it is counted in. */
const sharedTriggers = (tenant: Tenant, customerId: string) => sql`
  select warning_id, code, standing, body -> 'circle' ->> 'subject' as subject from signal_triggers
  where tenant = ${tenant} and customer_id = ${customerId} and body -> 'circle' is not null
  union all
  select t.warning_id, t.code, t.standing, t.body -> 'circle' ->> 'subject' from signal_members m join signal_triggers t
    on t.tenant = m.tenant and t.customer_id = m.subject and t.body -> 'circle' ->> 'kind' = m.kind
  where m.tenant = ${tenant} and m.member_id = ${customerId} and (m.kind <> 'group' or m.exposure is not null)`;
