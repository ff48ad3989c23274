import { sql } from 'kysely';
import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { EarlyWarning, WarningEvent, WarningLevel } from '../../rating/index.ts';
import { FEED_START, type FeedPlace } from '../changes/index.ts';
import type { Database } from '../database/index.ts';

/** A warning with how many events it has seen. */
export interface StoredWarning {
  readonly warning: EarlyWarning;
  readonly revision: number;
}

/** One thing that was done to a warning. */
export interface StoredWarningEvent {
  readonly revision: number;
  readonly event: WarningEvent;
  readonly at: Instant;
}

/** An event on its way into the audit chain. */
export interface UnauditedWarningEvent extends StoredWarningEvent {
  readonly warningId: string;
  readonly customerId: string;
}

/** Which warnings a page holds. */
export interface WarningPage {
  readonly customerId?: string | undefined;
  readonly level?: WarningLevel | undefined;
  readonly owner?: string | undefined;
  readonly state?: 'standing' | 'closed' | undefined;
  readonly after?: { readonly openedAt: string; readonly warningId: string } | undefined;
  readonly limit: number;
}

/** The early warnings of one tenant. Every call may be repeated without effect. */
export interface Warnings {
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
  /** Warnings that no workflow follows yet, the oldest first. */
  unfollowed(limit: number): Promise<readonly EarlyWarning[]>;
  followed(warningId: string): Promise<void>;
  /** Events that the audit chain does not hold yet, in the order in which they happened. */
  unaudited(limit: number): Promise<readonly UnauditedWarningEvent[]>;
  audited(warningId: string, revision: number): Promise<void>;
  /** How far the change feed was read for triggers. */
  place(): Promise<FeedPlace>;
  remember(place: FeedPlace): Promise<void>;
}

export function createWarnings({ db }: Database, tenant: Tenant): Warnings {
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
    find,
    standing,
    raise,
    async save(after, revision, event, at) {
      await db.transaction().execute(async (trx) => {
        // A row that an erasure has been through names nobody any more: what a workflow brings late stays away.
        const row = await trx
          .selectFrom('early_warnings')
          .select('revision')
          .where('tenant', '=', tenant)
          .where('warning_id', '=', after.warningId)
          .where('customer_id', '=', after.customerId)
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined) return;
        await trx
          .insertInto('early_warning_events')
          .values({
            tenant,
            warning_id: after.warningId,
            revision,
            kind: event.kind,
            actor: 'actor' in event ? event.actor : null,
            event: JSON.stringify(event),
            at,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await trx
          .updateTable('early_warnings')
          .set({
            level: after.level,
            state: after.state,
            owner: after.owner,
            close_by: after.closeBy,
            closed_at: after.closedAt,
            revision,
            body: JSON.stringify(after),
          })
          .where('tenant', '=', tenant)
          .where('warning_id', '=', after.warningId)
          .where('revision', '<', revision)
          .execute();
      });
    },
    async events(warningId) {
      const found = await db
        .selectFrom('early_warning_events')
        .select(['revision', 'event', 'at'])
        .where('tenant', '=', tenant)
        .where('warning_id', '=', warningId)
        .orderBy('revision')
        .execute();
      return found.map(({ revision, event, at }) => ({ revision, event, at: instant(at) }));
    },
    async page({ customerId, level, owner, state, after, limit }) {
      let query = rows();
      if (customerId !== undefined) query = query.where('customer_id', '=', customerId);
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
    async unfollowed(limit) {
      return bodies(
        await rows().where('followed', '=', false).orderBy('opened_at').orderBy('warning_id').limit(limit).execute(),
      );
    },
    async followed(warningId) {
      await db
        .updateTable('early_warnings')
        .set({ followed: true })
        .where('tenant', '=', tenant)
        .where('warning_id', '=', warningId)
        .execute();
    },
    async unaudited(limit) {
      const found = await db
        .selectFrom('early_warning_events as e')
        .innerJoin('early_warnings as w', (join) =>
          join.onRef('w.tenant', '=', 'e.tenant').onRef('w.warning_id', '=', 'e.warning_id'),
        )
        .select(['e.warning_id', 'e.revision', 'e.event', 'e.at', 'w.customer_id'])
        .where('e.tenant', '=', tenant)
        .where('e.audited', '=', false)
        .orderBy('e.at')
        .orderBy('e.warning_id')
        .orderBy('e.revision')
        .limit(limit)
        .execute();
      return found.map((row) => ({
        warningId: row.warning_id,
        customerId: row.customer_id,
        revision: row.revision,
        event: row.event,
        at: instant(row.at),
      }));
    },
    async audited(warningId, revision) {
      await db
        .updateTable('early_warning_events')
        .set({ audited: true })
        .where('tenant', '=', tenant)
        .where('warning_id', '=', warningId)
        .where('revision', '=', revision)
        .execute();
    },
    async place() {
      const row = await db
        .selectFrom('warning_places')
        .select(['sequence', 'taken'])
        .where('tenant', '=', tenant)
        .executeTakeFirst();
      return row ?? FEED_START;
    },
    async remember({ sequence, taken }) {
      await db
        .insertInto('warning_places')
        .values({ tenant, sequence, taken })
        .onConflict((conflict) =>
          conflict
            .column('tenant')
            .doUpdateSet({ sequence, taken })
            .where(sql<boolean>`(warning_places.sequence, warning_places.taken) < (excluded.sequence, excluded.taken)`),
        )
        .execute();
    },
  };
}
