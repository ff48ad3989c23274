import { sql } from 'kysely';
import type { Tenant } from '../../base/index.ts';
import type { Alert, EarlyWarning, NumberedEvent } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';
import { insertAlerts, type MailedPeople } from './alerts.ts';

/** A warning of which something happened that nobody was told of. */
export interface UntoldWarning {
  readonly warning: EarlyWarning;
  readonly revision: number;
  /** Up to which revision somebody was told; -1: nothing was. */
  readonly told: number;
  /** All its events, in order. */
  readonly events: readonly NumberedEvent[];
}

/** Which steps of warnings people were told of. */
export interface ToldWarnings {
  /** Warnings with steps that nobody was told of, the oldest first. */
  untold(limit: number): Promise<readonly UntoldWarning[]>;
  /** Puts the alerts of warnings on record and, with them, that their steps are told. */
  tell(
    told: readonly { readonly warningId: string; readonly revision: number }[],
    alerts: readonly Alert[],
  ): Promise<void>;
}

export function createToldWarnings({ db }: Database, tenant: Tenant, mailed: MailedPeople): ToldWarnings {
  return {
    async untold(limit) {
      const rows = await db
        .selectFrom('early_warnings')
        .select(['warning_id', 'body', 'revision', 'told'])
        .where('tenant', '=', tenant)
        .whereRef('told', '<', 'revision')
        .orderBy('opened_at')
        .limit(limit)
        .execute();
      const acted = rows.filter(({ revision }) => revision > 0).map((row) => row.warning_id);
      const events =
        acted.length === 0
          ? []
          : await db
              .selectFrom('early_warning_events')
              .select(['warning_id', 'revision', 'event'])
              .where('tenant', '=', tenant)
              .where('warning_id', 'in', acted)
              .orderBy('revision')
              .execute();
      return rows.map(({ warning_id: warningId, body, revision, told }) => ({
        warning: body,
        revision,
        told,
        events: events.filter((each) => each.warning_id === warningId),
      }));
    },
    async tell(told, alerts) {
      if (told.length === 0) return;
      await db.transaction().execute(async (trx) => {
        await insertAlerts(trx, tenant, alerts, mailed);
        const values = sql.join(told.map(({ warningId, revision }) => sql`(${warningId}, ${revision}::int)`));
        await sql`update early_warnings w set told = greatest(w.told, t.revision)
          from (values ${values}) as t (warning_id, revision)
          where w.tenant = ${tenant} and w.warning_id = t.warning_id`.execute(trx);
      });
    },
  };
}
