import type { Selectable } from 'kysely';
import { instant, ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import { parseSlotKey, slotKey, type Slot } from '../../models/registry/index.ts';
import type { Database, RulesOnlyTable } from '../database/index.ts';
import { clockOf, lockSeat, standingSeat } from './seat.ts';

/** A time in which a slot rates by rules alone; its champion keeps its seat. */
export interface RulesOnly {
  readonly slot: Slot;
  readonly actor: string;
  readonly reason: string;
  /** The report of monitoring that called for it; null: a person did. */
  readonly reportId: string | null;
  readonly from: Instant;
  /** Since when the champion serves in whose reign it began; another champion ends it. */
  readonly championFrom: Instant;
  /** Null: nobody ended it; it still ends with the champion's reign. */
  readonly until: Instant | null;
  readonly endedBy: string | null;
  readonly endReason: string | null;
}

/** What starts it: who, why, and the report that called for it where a machine does. */
export interface RulesOnlyCall {
  readonly actor: string;
  readonly reason: string;
  readonly reportId: string | null;
  /** The model that must be the standing champion; null: whichever is. */
  readonly modelHash: string | null;
}

/** Which slots of one tenant rate by rules alone. */
export interface RulesOnlySlots {
  /** Lets rules alone rate the slot, beside its standing champion; where they do already, what stands. Throws NO_CHAMPION, and CONFLICT where another model serves. */
  start(slot: Slot, call: RulesOnlyCall): Promise<RulesOnly>;
  /** Lets the champion rate again. Throws NOT_REGISTERED where it does. */
  end(slot: Slot, actor: string, reason: string): Promise<RulesOnly>;
  /** All of them, newest first. */
  list(): Promise<readonly RulesOnly[]>;
}

export function createRulesOnlySlots({ db }: Pick<Database, 'db'>, tenant: Tenant): RulesOnlySlots {
  const requireWords = (actor: string, reason: string): void => {
    if (actor.trim() === '' || reason.trim() === '')
      throw new ProbityError('DECISION_REFUSED', 'Rating by rules alone begins and ends with an actor and a reason.');
  };
  return {
    async start(slot, { actor, reason, reportId, modelHash }) {
      requireWords(actor, reason);
      const key = slotKey(slot);
      return db.transaction().execute(async (trx) => {
        await lockSeat(trx, tenant, key);
        const champion = await standingSeat(trx, tenant, key);
        if (!champion)
          throw new ProbityError('NO_CHAMPION', 'The slot has no champion whose ratings rules could take over.');
        if (modelHash !== null && champion.model_hash !== modelHash)
          throw new ProbityError('CONFLICT', 'Another model serves the slot by now.');
        const standing = await trx
          .selectFrom('rules_only')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('slot', '=', key)
          .where('valid_until', 'is', null)
          .executeTakeFirst();
        if (standing && standing.champion_from.getTime() === champion.valid_from.getTime())
          return toRulesOnly(standing);
        if (standing)
          // It ended with the reign before; closed here, so that another may stand.
          await trx
            .updateTable('rules_only')
            .set({ valid_until: champion.valid_from, ended_by: 'probity', end_reason: 'the champion changed' })
            .where('tenant', '=', tenant)
            .where('slot', '=', key)
            .where('valid_from', '=', standing.valid_from)
            .execute();
        const row = await trx
          .insertInto('rules_only')
          .values({
            tenant,
            slot: key,
            valid_from: await clockOf(trx),
            champion_from: champion.valid_from,
            actor,
            reason,
            report_id: reportId,
            valid_until: null,
            ended_by: null,
            end_reason: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return toRulesOnly(row);
      });
    },

    async end(slot, actor, reason) {
      requireWords(actor, reason);
      const key = slotKey(slot);
      return db.transaction().execute(async (trx) => {
        await lockSeat(trx, tenant, key);
        const champion = await standingSeat(trx, tenant, key);
        const row =
          champion &&
          (await trx
            .updateTable('rules_only')
            .set({ valid_until: await clockOf(trx), ended_by: actor, end_reason: reason })
            .where('tenant', '=', tenant)
            .where('slot', '=', key)
            .where('valid_until', 'is', null)
            .where('champion_from', '=', champion.valid_from)
            .returningAll()
            .executeTakeFirst());
        if (row) return toRulesOnly(row);
        throw new ProbityError('NOT_REGISTERED', 'This slot does not rate by rules alone.');
      });
    },

    async list() {
      const rows = await db
        .selectFrom('rules_only')
        .selectAll()
        .where('tenant', '=', tenant)
        .orderBy('valid_from', 'desc')
        .execute();
      return rows.map(toRulesOnly);
    },
  };
}

export function toRulesOnly(row: Selectable<RulesOnlyTable>): RulesOnly {
  return {
    slot: parseSlotKey(row.slot),
    actor: row.actor,
    reason: row.reason,
    reportId: row.report_id,
    from: instant(row.valid_from),
    championFrom: instant(row.champion_from),
    until: row.valid_until ? instant(row.valid_until) : null,
    endedBy: row.ended_by,
    endReason: row.end_reason,
  };
}
