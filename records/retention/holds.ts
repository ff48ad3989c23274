import { instant, ProbityError, uuidv7, type Instant, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';

/** A legal hold on a customer: nothing of theirs goes by a retention rule until it is lifted. */
export interface LegalHold {
  readonly holdId: string;
  readonly customerId: string;
  readonly reason: string;
  readonly actor: string;
  readonly placedAt: Instant;
}

/** The legal holds of one tenant. */
export interface LegalHolds {
  place(hold: { readonly customerId: string; readonly reason: string; readonly actor: string }): Promise<LegalHold>;
  /** Throws NOT_FOUND where no such hold stands. */
  lift(holdId: string, actor: string): Promise<void>;
  /** Those that stand, oldest first. */
  standing(): Promise<readonly LegalHold[]>;
}

export function createLegalHolds({ db }: Database, tenant: Tenant): LegalHolds {
  return {
    async place({ customerId, reason, actor }) {
      if (reason.trim() === '') throw new ProbityError('INVALID_INPUT', 'A hold needs a written reason.');
      const row = await db
        .insertInto('legal_holds')
        .values({ tenant, hold_id: uuidv7(), customer_id: customerId, reason: reason.trim(), actor })
        .returning(['hold_id', 'placed_at'])
        .executeTakeFirstOrThrow();
      return { holdId: row.hold_id, customerId, reason: reason.trim(), actor, placedAt: instant(row.placed_at) };
    },
    async lift(holdId, actor) {
      const found = await db
        .updateTable('legal_holds')
        .set({ lifted_at: new Date(), lifted_by: actor })
        .where('tenant', '=', tenant)
        .where('hold_id', '=', holdId)
        .where('lifted_at', 'is', null)
        .executeTakeFirst();
      if (Number(found.numUpdatedRows) === 0) throw new ProbityError('NOT_FOUND', 'No hold with this id stands.');
    },
    async standing() {
      const rows = await db
        .selectFrom('legal_holds')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('lifted_at', 'is', null)
        .orderBy('placed_at')
        .execute();
      return rows.map((row) => ({
        holdId: row.hold_id,
        customerId: row.customer_id,
        reason: row.reason,
        actor: row.actor,
        placedAt: instant(row.placed_at),
      }));
    },
  };
}
