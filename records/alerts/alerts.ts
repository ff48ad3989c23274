import { sql, type Kysely, type Selectable } from 'kysely';
import { ProbityError, type Role, type Tenant } from '../../base/index.ts';
import type { Alert, MailedPerson, Recipient } from '../../rating/index.ts';
import type { AlertsTable, Database, Schema } from '../database/index.ts';

/** Whose inbox is asked for. */
export interface Reader {
  readonly actor: string;
  readonly roles: readonly Role[];
}

/** An alert in an inbox. */
export interface InboxEntry {
  readonly alert: Alert;
  /** When its reader has marked it as read; null: not yet. */
  readonly readAt: string | null;
  /** When what it tells was settled, or became somebody else's turn; null: it is so, or it is nothing that ends. */
  readonly endedAt: string | null;
}

/** Which part of an inbox a page holds. */
export interface InboxPage {
  readonly unread: boolean;
  readonly before?: { readonly at: string; readonly alertId: string } | undefined;
  readonly limit: number;
}

/** The alerts of one tenant. Every call may be repeated without effect. */
export interface Alerts {
  /** Puts alerts on record, each with its e-mails; one that is there stays as it is. */
  put(alerts: readonly Alert[]): Promise<void>;
  /** What a person, or one of the person's roles, was told; newest first. */
  inbox(reader: Reader, page: InboxPage): Promise<readonly InboxEntry[]>;
  unread(reader: Reader): Promise<number>;
  /** Marks entries of an inbox as read, all or none. Throws UNKNOWN_ALERT naming those that are not in it. */
  markRead(reader: Reader, alertIds: readonly string[]): Promise<void>;
}

/** Whom data give an address for an alert (rating/alerts). */
export type MailedPeople = (alert: Alert) => readonly Pick<MailedPerson, 'actor' | 'mailAt'>[];

export function toAlert(row: Selectable<AlertsTable>): Alert {
  return {
    alertId: row.alert_id,
    kind: row.kind,
    cause: row.cause,
    about: row.about,
    level: row.level,
    customerId: row.customer_id,
    to: { kind: row.to_kind, name: row.to_name } as Recipient,
    next: row.next,
    insteadOf: row.instead_of,
    facts: row.facts,
    at: row.at.toISOString(),
  };
}

/** Inserts alerts and their e-mails within a transaction; of one that is there, nothing. */
export async function insertAlerts(
  db: Kysely<Schema>,
  tenant: Tenant,
  alerts: readonly Alert[],
  mailed: MailedPeople,
): Promise<void> {
  if (alerts.length === 0) return;
  const inserted = await db
    .insertInto('alerts')
    .values(
      alerts.map((each) => ({
        tenant,
        alert_id: each.alertId,
        kind: each.kind,
        cause: each.cause,
        about: each.about,
        level: each.level,
        customer_id: each.customerId,
        to_kind: each.to.kind,
        to_name: each.to.name,
        next: JSON.stringify(each.next),
        instead_of: each.insteadOf,
        facts: JSON.stringify(each.facts),
        at: each.at,
        ended_at: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('alert_id')
    .execute();
  const fresh = new Set(inserted.map((row) => row.alert_id));
  const mails = alerts
    .filter(({ alertId }) => fresh.has(alertId))
    .flatMap((alert) =>
      mailed(alert).map(({ actor, mailAt }) => ({
        tenant,
        alert_id: alert.alertId,
        actor,
        state: 'pending' as const,
        next_at: mailAt,
        last_code: null,
        ended_at: null,
      })),
    );
  if (mails.length > 0)
    await db
      .insertInto('alert_mails')
      .values(mails)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

export function createAlerts({ db }: Database, tenant: Tenant, mailed: MailedPeople): Alerts {
  const addressed = ({ actor, roles }: Reader) => sql<boolean>`a.tenant = ${tenant}
    and (a.to_kind, a.to_name) in (values ${sql.join(
      [['person', actor], ...roles.map((role) => ['role', role])].map(([kind, name]) => sql`(${kind}, ${name})`),
    )})`;
  const read = ({ actor }: Reader) => sql`left join alert_reads r
    on r.tenant = a.tenant and r.alert_id = a.alert_id and r.actor = ${actor}`;
  return {
    put: (alerts) => db.transaction().execute((trx) => insertAlerts(trx, tenant, alerts, mailed)),
    async inbox(reader, { unread, before, limit }) {
      const { rows } = await sql<Selectable<AlertsTable> & { readonly read_at: Date | null }>`
        select a.*, r.at as read_at from alerts a ${read(reader)} where ${addressed(reader)}
          ${unread ? sql`and r.at is null and a.ended_at is null` : sql``}
          ${before === undefined ? sql`` : sql`and (a.at, a.alert_id) < (${before.at}::timestamptz, ${before.alertId})`}
        order by a.at desc, a.alert_id desc limit ${limit}`.execute(db);
      return rows.map((row) => ({
        alert: toAlert(row),
        readAt: row.read_at?.toISOString() ?? null,
        endedAt: row.ended_at?.toISOString() ?? null,
      }));
    },
    async unread(reader) {
      const { rows } = await sql<{ readonly count: number }>`
        select count(*)::int as count from alerts a ${read(reader)} where ${addressed(reader)} and r.at is null and a.ended_at is null`.execute(
        db,
      );
      return rows[0]?.count ?? 0;
    },
    async markRead(reader, alertIds) {
      await db.transaction().execute(async (trx) => {
        const { rows } = await sql<{ readonly alert_id: string }>`
          select a.alert_id from alerts a where ${addressed(reader)} and a.alert_id = any(${alertIds})`.execute(trx);
        const found = new Set(rows.map((row) => row.alert_id));
        const problems = alertIds.flatMap((alertId, i) =>
          found.has(alertId) ? [] : [{ at: `alertIds.${i}`, message: 'There is no such entry in this inbox.' }],
        );
        if (problems.length > 0)
          throw new ProbityError('UNKNOWN_ALERT', 'Some entries are not in this inbox; none was marked.', { problems });
        await trx
          .insertInto('alert_reads')
          .values([...found].map((alertId) => ({ tenant, alert_id: alertId, actor: reader.actor })))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      });
    },
  };
}
