import { sql, type Transaction } from 'kysely';
import { ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import { parseSlotKey, requireDeciding, slotKey, type Slot } from '../../models/registry/index.ts';
import type { Database, Schema } from '../database/index.ts';
import { toChampion, type Champion } from './rows.ts';
import { toRulesOnly } from './rules-only.ts';
import { lockSeat, standingSeat } from './seat.ts';
import { toSplit } from './splits.ts';

/** Who serves each slot of one tenant, now and at any past instant. */
export interface Champions {
  /** Seats an approved candidate in its slot and ends the reign before it. Promoting the same candidate again answers its first reign. */
  promote(candidateId: string, actor: string, reason?: string): Promise<Champion>;
  /** Seats the model that served before the present one. NOT_REGISTERED where there is none. Neither way seats a model that may not decide. */
  rollback(slot: Slot, actor: string, reason: string): Promise<Champion>;
  /** The model in production at an instant, with the challenger that shared its customers then, and whether rules alone rated, or null. */
  championAt(slot: Slot, at: Instant): Promise<Champion | null>;
  /** The standing champion of every slot, with the challenger that shares its customers, and whether rules alone rate. */
  standing(): Promise<readonly Champion[]>;
  /** All reigns of a slot, newest first. */
  history(slot: Slot): Promise<readonly Champion[]>;
}

export function createChampions(database: Database, tenant: Tenant): Champions {
  const { db } = database;
  const reigns = () => db.selectFrom('champions').selectAll().where('tenant', '=', tenant);

  const seat = async (trx: Transaction<Schema>, reign: Omit<Champion, 'from' | 'until'>): Promise<Champion> => {
    const slot = slotKey(reign.slot);
    const model = await trx
      .selectFrom('models')
      .select('use')
      .where('tenant', '=', tenant)
      .where('model_hash', '=', reign.modelHash)
      .executeTakeFirst();
    requireDeciding(model?.use);
    // One seat change at a time per slot; the new reign starts at least a millisecond after the one before it did.
    await lockSeat(trx, tenant, slot);
    const before = await standingSeat(trx, tenant, slot);
    const clock = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(trx);
    const now = clock.rows[0]?.at.getTime() ?? Date.now();
    const from = new Date(Math.max(now, (before?.valid_from.getTime() ?? 0) + 1));
    await trx
      .updateTable('champions')
      .set({ valid_until: from })
      .where('tenant', '=', tenant)
      .where('slot', '=', slot)
      .where('valid_until', 'is', null)
      .execute();
    const row = await trx
      .insertInto('champions')
      .values({
        tenant,
        slot,
        model_hash: reign.modelHash,
        valid_from: from,
        valid_until: null,
        how: reign.how,
        candidate_id: reign.candidateId,
        actor: reign.actor,
        reason: reign.reason,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toChampion(row);
  };

  /** With the split, and the time of rules alone, that stood at an instant (null: stand now): each must have begun in that very reign. */
  const withCompany = async (found: readonly Champion[], at: Instant | null): Promise<readonly Champion[]> => {
    if (found.length === 0) return found;
    const stood =
      at === null
        ? sql<boolean>`valid_until is null`
        : sql<boolean>`valid_from <= ${new Date(at)} and (valid_until is null or valid_until > ${new Date(at)})`;
    const of = <T extends { readonly slot: Slot; readonly championFrom: Instant }>(
      all: readonly T[],
      { slot, from }: Champion,
    ) => all.find((one) => slotKey(one.slot) === slotKey(slot) && one.championFrom === from);
    const [splits, rulesOnly] = await Promise.all([
      db.selectFrom('traffic_splits').selectAll().where('tenant', '=', tenant).where(stood).execute(),
      db.selectFrom('rules_only').selectAll().where('tenant', '=', tenant).where(stood).execute(),
    ]);
    return found.map((champion) => {
      const split = of(splits.map(toSplit), champion);
      const alone = of(rulesOnly.map(toRulesOnly), champion);
      return { ...champion, ...(split ? { split } : {}), ...(alone ? { rulesOnly: alone } : {}) };
    });
  };

  return {
    async promote(candidateId, actor, reason) {
      return db.transaction().execute(async (trx) => {
        const candidate = await trx
          .selectFrom('candidates')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('candidate_id', '=', candidateId)
          .forUpdate()
          .executeTakeFirst();
        if (!candidate) throw new ProbityError('NOT_REGISTERED', 'There is no candidate with this id.');
        if (candidate.state === 'promoted') {
          const first = await trx
            .selectFrom('champions')
            .selectAll()
            .where('tenant', '=', tenant)
            .where('candidate_id', '=', candidateId)
            .where('how', '=', 'promote')
            .executeTakeFirstOrThrow();
          return toChampion(first);
        }
        if (candidate.state !== 'approved') {
          throw new ProbityError('DECISION_REFUSED', `A candidate that is ${candidate.state} cannot be promoted.`, {
            fix: 'A second person approves it first: `probity models promote`.',
          });
        }
        const reign = await seat(trx, {
          slot: parseSlotKey(candidate.slot),
          modelHash: candidate.model_hash,
          how: 'promote',
          candidateId,
          actor,
          reason: reason ?? null,
        });
        await trx
          .updateTable('candidates')
          .set({ state: 'promoted' })
          .where('tenant', '=', tenant)
          .where('candidate_id', '=', candidateId)
          .execute();
        return reign;
      });
    },

    async rollback(slot, actor, reason) {
      if (actor.trim() === '' || reason.trim() === '') {
        throw new ProbityError('DECISION_REFUSED', 'A rollback needs an actor and a reason.');
      }
      return db.transaction().execute(async (trx) => {
        const past = await trx
          .selectFrom('champions')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('slot', '=', slotKey(slot))
          .orderBy('valid_from', 'desc')
          .execute();
        const standing = past.find((reign) => reign.valid_until === null);
        const target = past.find((reign) => reign.model_hash !== standing?.model_hash);
        if (!standing || !target) {
          throw new ProbityError('NOT_REGISTERED', 'No other model has served this slot before.', {
            fix: 'See `probity models list`; promote a candidate instead.',
          });
        }
        return seat(trx, {
          slot,
          modelHash: target.model_hash,
          how: 'rollback',
          candidateId: target.candidate_id,
          actor,
          reason,
        });
      });
    },

    async championAt(slot, at) {
      const row = await reigns()
        .where('slot', '=', slotKey(slot))
        .where('valid_from', '<=', new Date(at))
        .where((is) => is.or([is('valid_until', 'is', null), is('valid_until', '>', new Date(at))]))
        .executeTakeFirst();
      return row ? ((await withCompany([toChampion(row)], at))[0] ?? null) : null;
    },

    async standing() {
      const rows = await reigns().where('valid_until', 'is', null).orderBy('slot').execute();
      return withCompany(rows.map(toChampion), null);
    },

    async history(slot) {
      return (await reigns().where('slot', '=', slotKey(slot)).orderBy('valid_from', 'desc').execute()).map(toChampion);
    },
  };
}
