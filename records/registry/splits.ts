import type { Selectable } from 'kysely';
import { instant, ProbityError, uuidv7, type Instant, type Tenant } from '../../base/index.ts';
import { parseSlotKey, requireSplit, slotKey, type Slot, type Trial } from '../../models/registry/index.ts';
import type { Database, TrafficSplitsTable } from '../database/index.ts';
import type { Candidate } from './rows.ts';
import { clockOf, lockSeat, standingSeat } from './seat.ts';

/** A challenger that decides for a share of a slot's customers beside its champion. */
export interface TrafficSplit {
  /** Also the key under which the customers' arms are drawn. */
  readonly splitId: string;
  readonly slot: Slot;
  readonly candidateId: string;
  readonly modelHash: string;
  /** Share of the customers that the challenger decides for. */
  readonly share: number;
  readonly actor: string;
  readonly reason: string | null;
  readonly from: Instant;
  /** Since when the champion serves in whose reign it began. */
  readonly championFrom: Instant;
  /** Null: it was not ended; it still ends with the champion's reign. */
  readonly until: Instant | null;
  readonly endedBy: string | null;
  readonly endReason: string | null;
}

/** The traffic splits of one tenant. */
export interface TrafficSplits {
  /**
   * Lets a candidate decide for a share of the slot's customers, beside the standing champion. The same again answers the one that stands.
   * Throws what `requireSplit` throws, NO_CHAMPION where the slot has none, CONFLICT where it is split already.
   */
  start(candidate: Candidate, trial: Trial): Promise<TrafficSplit>;
  /** Ends the slot's split. Throws NOT_REGISTERED where there is none. */
  end(slot: Slot, actor: string, reason: string): Promise<TrafficSplit>;
  /** All of them, newest first. */
  list(): Promise<readonly TrafficSplit[]>;
}

export function createTrafficSplits(database: Database, tenant: Tenant): TrafficSplits {
  const { db } = database;
  return {
    async start(candidate, trial) {
      requireSplit(candidate, trial);
      const slot = slotKey(trial.slot);
      return db.transaction().execute(async (trx) => {
        // The reign cannot end meanwhile.
        await lockSeat(trx, tenant, slot);
        const champion = await standingSeat(trx, tenant, slot);
        if (!champion) throw new ProbityError('NO_CHAMPION', 'The slot has no champion to split customers with.');
        if (champion.model_hash === candidate.modelHash)
          throw new ProbityError('CONFLICT', 'This model is the champion of the slot.');
        const standing = await trx
          .selectFrom('traffic_splits')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('slot', '=', slot)
          .where('valid_until', 'is', null)
          .executeTakeFirst();
        if (standing && standing.champion_from.getTime() === champion.valid_from.getTime()) {
          if (standing.model_hash === candidate.modelHash && standing.share === trial.share) return toSplit(standing);
          throw new ProbityError('CONFLICT', 'The customers of this slot are split already.', {
            fix: 'End that first: `probity models unsplit`.',
          });
        }
        const now = await clockOf(trx);
        if (standing) {
          // It ended with the reign before; closed here, so that another may stand.
          await trx
            .updateTable('traffic_splits')
            .set({ valid_until: champion.valid_from, ended_by: 'probity', end_reason: 'the champion changed' })
            .where('tenant', '=', tenant)
            .where('split_id', '=', standing.split_id)
            .execute();
        }
        const row = await trx
          .insertInto('traffic_splits')
          .values({
            tenant,
            split_id: uuidv7(),
            slot,
            candidate_id: candidate.candidateId,
            model_hash: candidate.modelHash,
            champion_from: champion.valid_from,
            share: trial.share,
            actor: trial.actor,
            reason: trial.reason,
            valid_from: now,
            valid_until: null,
            ended_by: null,
            end_reason: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return toSplit(row);
      });
    },

    async end(slot, actor, reason) {
      if (actor.trim() === '' || reason.trim() === '')
        throw new ProbityError('DECISION_REFUSED', 'Ending a split needs an actor and a reason.');
      return db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('traffic_splits')
          .set({ valid_until: await clockOf(trx), ended_by: actor, end_reason: reason })
          .where('tenant', '=', tenant)
          .where('slot', '=', slotKey(slot))
          .where('valid_until', 'is', null)
          .returningAll()
          .executeTakeFirst();
        if (row) return toSplit(row);
        throw new ProbityError('NOT_REGISTERED', 'The customers of this slot are not split.');
      });
    },

    async list() {
      const rows = await db
        .selectFrom('traffic_splits')
        .selectAll()
        .where('tenant', '=', tenant)
        .orderBy('split_id', 'desc')
        .execute();
      return rows.map(toSplit);
    },
  };
}

export function toSplit(row: Selectable<TrafficSplitsTable>): TrafficSplit {
  return {
    splitId: row.split_id,
    slot: parseSlotKey(row.slot),
    candidateId: row.candidate_id,
    modelHash: row.model_hash,
    share: row.share,
    actor: row.actor,
    reason: row.reason,
    from: instant(row.valid_from),
    championFrom: instant(row.champion_from),
    until: row.valid_until ? instant(row.valid_until) : null,
    endedBy: row.ended_by,
    endReason: row.end_reason,
  };
}
