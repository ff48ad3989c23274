import { sql } from 'kysely';
import type { Tenant } from '../../base/index.ts';
import type { Alert, DeadlineKind } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';
import { insertAlerts, type MailedPeople } from './alerts.ts';

/** What people are told of deadlines. */
export interface DeadlineAlerts {
  /**
   * Makes inboxes tell what is so at an instant: puts `alerts` that are not there, and ends those of `looked` (ids by kind) that are not among them any more, with those of all that is closed; e-mails of what has
   * ended, that wait still, are not sent. One that had ended and is so again stands again. May be repeated without effect.
   */
  settle(
    alerts: readonly Alert[],
    looked: readonly { readonly kind: DeadlineKind; readonly id: string }[],
    at: string,
  ): Promise<void>;
}

/** Where what has a deadline is open. */
const OPEN = {
  dispute: sql`select from disputes t where t.tenant = a.tenant and t.dispute_id = a.about and t.closed_at is null`,
  case: sql`select from referral_cases t where t.tenant = a.tenant and t.case_id = a.about and t.closed_at is null`,
  review: sql`select from customer_reviews t where t.tenant = a.tenant and t.review_id = a.about and t.closed_at is null`,
} as const;

export function createDeadlineAlerts({ db }: Database, tenant: Tenant, mailed: MailedPeople): DeadlineAlerts {
  return {
    async settle(alerts, looked, at) {
      const ids = alerts.map(({ alertId }) => alertId);
      await db.transaction().execute(async (trx) => {
        await insertAlerts(trx, tenant, alerts, mailed);
        if (ids.length > 0)
          await sql`update alerts set ended_at = null
            where tenant = ${tenant} and alert_id = any(${ids}) and ended_at is not null`.execute(trx);
        for (const kind of Object.keys(OPEN) as DeadlineKind[]) {
          const abouts = looked.filter((each) => each.kind === kind).map(({ id }) => id);
          // What stands in for whom no e-mail reached ends with the thing itself.
          await sql`with ended as (
              update alerts a set ended_at = ${at}::timestamptz
              where a.tenant = ${tenant} and a.kind = ${kind} and a.ended_at is null
                and ((a.about = any(${abouts}) and a.instead_of = '' and a.alert_id <> all(${ids}))
                  or not exists (${OPEN[kind]}))
              returning a.alert_id)
            delete from alert_mails m using ended e
              where m.tenant = ${tenant} and m.alert_id = e.alert_id and m.state = 'pending'`.execute(trx);
        }
      });
    },
  };
}
