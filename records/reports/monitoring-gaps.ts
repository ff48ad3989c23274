import { sql } from 'kysely';
import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';

/** A slot whose champion is not followed, and why. */
export interface MonitoringGap {
  readonly slot: string;
  readonly model: string;
  /** An error code of Probity. */
  readonly code: string;
  readonly message: string;
  /** When it was first found so by this code, and last. */
  readonly since: Instant;
  readonly lastSeen: Instant;
}

/** Slots of one tenant that the last look could not follow: what is not looked at is never silent. The next report on a slot ends its gap. */
export interface MonitoringGaps {
  /** Says that a slot could not be followed, at an instant. Again, with the same code, it only lasts on. */
  note(gap: Pick<MonitoringGap, 'slot' | 'model' | 'code' | 'message'>, at: string): Promise<void>;
  /** Ends what was said of slots, but for those named: they have no champion any more, or are followed. */
  keepOnly(slots: readonly string[]): Promise<void>;
  /** All that stand, by slot. */
  list(): Promise<readonly MonitoringGap[]>;
}

export function createMonitoringGaps({ db }: Pick<Database, 'db'>, tenant: Tenant): MonitoringGaps {
  return {
    async note({ slot, model, code, message }, at) {
      await db
        .insertInto('monitoring_gaps')
        .values({ tenant, slot, model_hash: model, code, message, since: at, last_seen: at })
        .onConflict((conflict) =>
          conflict.columns(['tenant', 'slot']).doUpdateSet({
            model_hash: model,
            code,
            message,
            last_seen: at,
            since: sql`case when monitoring_gaps.code = ${code} then monitoring_gaps.since else ${at}::timestamptz end`,
          }),
        )
        .execute();
    },
    async keepOnly(slots) {
      await db
        .deleteFrom('monitoring_gaps')
        .where('tenant', '=', tenant)
        .where((is) => is.not(sql<boolean>`slot = any(${[...slots]})`))
        .execute();
    },
    async list() {
      const rows = await db
        .selectFrom('monitoring_gaps')
        .selectAll()
        .where('tenant', '=', tenant)
        .orderBy('slot')
        .execute();
      return rows.map((row) => ({
        slot: row.slot,
        model: row.model_hash,
        code: row.code,
        message: row.message,
        since: instant(row.since),
        lastSeen: instant(row.last_seen),
      }));
    },
  };
}
