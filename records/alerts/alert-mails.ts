import { sql, type Selectable } from 'kysely';
import type { Instant, Tenant } from '../../base/index.ts';
import type { Alert, escalatedAlert } from '../../rating/index.ts';
import type { AlertsTable, Database } from '../database/index.ts';
import { insertAlerts, toAlert, type MailedPeople } from './alerts.ts';

/** An e-mail that tells one person of an alert. */
export interface AlertMail {
  readonly alert: Alert;
  readonly actor: string;
  readonly attempts: number;
  readonly createdAt: string;
}

/** What became of trying an e-mail. */
export type MailFate =
  | { readonly kind: 'sent' }
  | { readonly kind: 'deferred'; readonly code: string; readonly nextAt: Instant }
  /** No server takes it. */
  | { readonly kind: 'bounced'; readonly code: string };

/** Alerts and their e-mails on record. */
export interface AlertCounts {
  readonly inbox: Readonly<Record<Alert['kind'], number>>;
  readonly mails: Readonly<Record<'pending' | 'delivered' | 'dead', number>>;
  /** Tries beyond the first of each. */
  readonly retries: number;
  /** Alerts that went to the next in line because nobody before could be reached. */
  readonly escalated: number;
}

/** The e-mails of a tenant's alerts. */
export interface AlertMails {
  /** Takes e-mails that are due: until `until` nobody else does. */
  claim(now: Instant, until: Instant, limit: number): Promise<readonly AlertMail[]>;
  /** Puts on record what became of one. Where an alert reached nobody, the next in line is told. */
  settle(mail: Pick<AlertMail, 'alert' | 'actor'>, fate: MailFate, at: Instant): Promise<void>;
  counts(): Promise<AlertCounts>;
}

const NONE: AlertCounts['inbox'] = {
  warning: 0,
  monitoring: 0,
  report: 0,
  reconciliation: 0,
  webhook: 0,
  dispute: 0,
  case: 0,
  review: 0,
};

export function createAlertMails(
  { db }: Database,
  tenant: Tenant,
  mailed: MailedPeople,
  /** Who is told next, by the law of alerts. */
  escalated: typeof escalatedAlert,
): AlertMails {
  return {
    async claim(now, until, limit) {
      const { rows } = await sql<
        Selectable<AlertsTable> & { readonly actor: string; readonly attempts: number; readonly created_at: Date }
      >`with claimed as (
          update alert_mails set next_at = ${until} where tenant = ${tenant} and (alert_id, actor) in (
            select alert_id, actor from alert_mails
            where tenant = ${tenant} and next_at is not null and next_at <= ${now}
            order by next_at limit ${limit} for update skip locked)
          returning alert_id, actor, attempts, created_at)
        select a.*, c.actor, c.attempts, c.created_at from claimed c
          join alerts a on a.tenant = ${tenant} and a.alert_id = c.alert_id`.execute(db);
      return rows.map((row) => ({
        alert: toAlert(row),
        actor: row.actor,
        attempts: row.attempts,
        createdAt: row.created_at.toISOString(),
      }));
    },
    async settle({ alert, actor }, fate, at) {
      await db.transaction().execute(async (trx) => {
        const { rows } = await sql`update alert_mails set attempts = attempts + 1,
            state = ${fate.kind === 'sent' ? 'delivered' : fate.kind === 'bounced' ? 'dead' : 'pending'},
            next_at = ${fate.kind === 'deferred' ? fate.nextAt : null},
            last_code = ${fate.kind === 'sent' ? null : fate.code},
            ended_at = ${fate.kind === 'deferred' ? null : at}
          where tenant = ${tenant} and alert_id = ${alert.alertId} and actor = ${actor} and state = 'pending'
          returning alert_id`.execute(trx);
        if (fate.kind !== 'bounced' || rows.length === 0) return;
        // One at a time, so that of two that die at once one sees that nobody was reached.
        await trx
          .selectFrom('alerts')
          .select('alert_id')
          .where('tenant', '=', tenant)
          .where('alert_id', '=', alert.alertId)
          .forUpdate()
          .execute();
        const reached = await trx
          .selectFrom('alert_mails')
          .select('actor')
          .where('tenant', '=', tenant)
          .where('alert_id', '=', alert.alertId)
          .where('state', '<>', 'dead')
          .limit(1)
          .execute();
        const next = reached.length > 0 ? null : escalated(alert, at);
        if (next !== null) await insertAlerts(trx, tenant, [next], mailed);
      });
    },
    async counts() {
      const kinds = await db
        .selectFrom('alerts')
        .select(({ fn }) => ['kind', fn.countAll<string>().as('count')])
        .where('tenant', '=', tenant)
        .groupBy('kind')
        .execute();
      const byKind = new Map(kinds.map(({ kind, count }) => [kind, Number(count)]));
      const { rows } = await sql<Record<string, number>>`
        select (select count(*)::int from alerts where tenant = ${tenant} and instead_of <> '') as escalated,
          count(*) filter (where state = 'pending')::int as pending,
          count(*) filter (where state = 'delivered')::int as delivered,
          count(*) filter (where state = 'dead')::int as dead,
          coalesce(sum(greatest(attempts - 1, 0)), 0)::int as retries
        from alert_mails where tenant = ${tenant}`.execute(db);
      const [found = {}] = rows;
      const of = (name: string): number => found[name] ?? 0;
      return {
        inbox: { ...NONE, ...Object.fromEntries(byKind) },
        mails: { pending: of('pending'), delivered: of('delivered'), dead: of('dead') },
        retries: of('retries'),
        escalated: of('escalated'),
      };
    },
  };
}
