import { sql, type Transaction } from 'kysely';
import { ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import type { Database, Schema } from '../database/index.ts';
import type { RuleReign } from './proposal.ts';
import { toReign } from './rows.ts';

type Trx = Transaction<Schema>;

/** Which rule set was, is, and will be in force. */
export interface Reigns {
  /** The database's clock, at least a millisecond after every reign that has begun, under a lock that one seat change holds at a time. */
  nextInstant(trx: Trx): Promise<Date>;
  /** Whether other rules are to be in force from this very instant. */
  isTaken(trx: Trx, from: Date): Promise<boolean>;
  seat(trx: Trx, reign: Omit<RuleReign, 'from'>, from: Date): Promise<RuleReign>;
  /** Puts the set that was in force before the present one in force again, and cancels reigns that have not begun. */
  rollback: (actor: string, reason: string, check?: (rulesHash: string) => Promise<void>) => Promise<RuleReign>;
  /** In force at an instant, or null: the registry had none. */
  at: (instant: Instant) => Promise<RuleReign | null>;
  /** In force now, by the database's clock. */
  standing: () => Promise<RuleReign | null>;
  /** All reigns, newest first, those to come included. */
  history: () => Promise<readonly RuleReign[]>;
}

export function createReigns({ db }: Database, tenant: Tenant): Reigns {
  /** The database's clock, at least a millisecond after every reign that has begun, under a lock that one seat change holds at a time. */
  const nextInstant = async (trx: Trx): Promise<Date> => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`rules ${tenant}`}, 0))`.execute(trx);
    const clock = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(trx);
    const now = clock.rows[0]?.at.getTime() ?? Date.now();
    const last = await trx
      .selectFrom('rule_reigns')
      .select('valid_from')
      .where('tenant', '=', tenant)
      .where('cancelled_at', 'is', null)
      .where('valid_from', '<=', new Date(now + 1))
      .orderBy('valid_from', 'desc')
      .executeTakeFirst();
    return new Date(Math.max(now, (last?.valid_from.getTime() ?? 0) + 1));
  };

  const seat = async (trx: Trx, reign: Omit<RuleReign, 'from'>, from: Date): Promise<RuleReign> => {
    const row = await trx
      .insertInto('rule_reigns')
      .values({
        tenant,
        rules_hash: reign.rulesHash,
        valid_from: from,
        how: reign.how,
        proposal_id: reign.proposalId,
        actor: reign.actor,
        reason: reign.reason,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toReign(row);
  };

  const reigns = (trx: Trx | typeof db = db) =>
    trx.selectFrom('rule_reigns').selectAll().where('tenant', '=', tenant).where('cancelled_at', 'is', null);

  return {
    nextInstant,
    seat,
    isTaken: async (trx, from) => (await reigns(trx).where('valid_from', '=', from).executeTakeFirst()) !== undefined,

    async rollback(actor, reason, check) {
      if (actor.trim() === '' || reason.trim() === '')
        throw new ProbityError('DECISION_REFUSED', 'A rollback needs an actor and a reason.');
      return db.transaction().execute(async (trx) => {
        const now = await nextInstant(trx);
        const past = await reigns(trx).where('valid_from', '<=', now).orderBy('valid_from', 'desc').execute();
        const [standing] = past;
        const target = past.find((reign) => reign.rules_hash !== standing?.rules_hash);
        if (target === undefined)
          throw new ProbityError('NOT_REGISTERED', 'No other rules were in force before.', {
            fix: 'See `probity rules list`; propose a set instead.',
          });
        await check?.(target.rules_hash);
        await trx
          .updateTable('rule_reigns')
          .set({ cancelled_at: new Date(now.getTime() - 1) })
          .where('tenant', '=', tenant)
          .where('cancelled_at', 'is', null)
          .where('valid_from', '>', now)
          .execute();
        return seat(
          trx,
          { rulesHash: target.rules_hash, how: 'rollback', proposalId: target.proposal_id, actor, reason },
          now,
        );
      });
    },

    async at(at) {
      const row = await reigns()
        .where('valid_from', '<=', new Date(at))
        .orderBy('valid_from', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? toReign(row) : null;
    },

    async standing() {
      const row = await reigns()
        .where('valid_from', '<=', sql<Date>`clock_timestamp()`)
        .orderBy('valid_from', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? toReign(row) : null;
    },

    async history() {
      return (await reigns().orderBy('valid_from', 'desc').execute()).map(toReign);
    },
  };
}
