import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { Alert } from '../../rating/index.ts';
import { toAlert } from '../alerts/index.ts';
import type { Database } from '../database/index.ts';

/** An alert about a customer: whom it told, who has read it, and who had an e-mail of it. */
export interface HeldAlert extends Alert {
  readonly readBy: readonly { readonly actor: string; readonly at: Instant }[];
  readonly mailedTo: readonly { readonly actor: string; readonly state: string; readonly createdAt: Instant }[];
}

/** A signal that was seen about a customer. */
export interface HeldSignal {
  readonly code: string;
  readonly standing: boolean;
  readonly asOf: Instant;
  readonly warningId: string;
  /** What the look saw; without the other customers of a warning that is shared. */
  readonly saw: { readonly [name: string]: unknown };
}

/** A legal hold on a customer, lifted ones too. */
export interface HeldHold {
  readonly holdId: string;
  readonly reason: string;
  readonly actor: string;
  readonly placedAt: Instant;
  readonly lifted: { readonly actor: string; readonly at: Instant } | null;
}

/** What a challenger said of one of a customer's ratings. It decided nothing. */
export interface HeldShadowScore {
  readonly ratingId: string;
  readonly asOf: Instant;
  readonly decider: { readonly hash: string; readonly pd: number };
  readonly shadowId: string;
  readonly pd: number | null;
  /** Why it said nothing; null: it did. */
  readonly skipped: string | null;
}

/** What else the tables hold of a customer, that nobody asks for by customer day by day. */
export interface FurtherRows {
  readonly alerts: readonly HeldAlert[];
  readonly signals: readonly HeldSignal[];
  readonly legalHolds: readonly HeldHold[];
  /** The newest rating, and that of the last review; null: never rated. */
  readonly reviewCalendar: { readonly [name: string]: unknown } | null;
  /** Lists of reports on the portfolio that name the customer. */
  readonly portfolioReports: readonly { readonly reportId: string; readonly list: string }[];
  readonly shadowScores: readonly HeldShadowScore[];
}

/** Reads it, for the right of access. `pseudonym`: the customer's, in hex. */
export async function furtherRows(
  { db }: Database,
  tenant: Tenant,
  customerId: string,
  pseudonym: string,
): Promise<FurtherRows> {
  const alerts = await db
    .selectFrom('alerts')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('customer_id', '=', customerId)
    .orderBy('at')
    .orderBy('alert_id')
    .execute();
  const ids = alerts.map((row) => row.alert_id);
  const reads = await db
    .selectFrom('alert_reads')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('alert_id', 'in', ids.length > 0 ? ids : [''])
    .orderBy('at')
    .execute();
  const mails = await db
    .selectFrom('alert_mails')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('alert_id', 'in', ids.length > 0 ? ids : [''])
    .orderBy('created_at')
    .execute();
  const triggers = await db
    .selectFrom('signal_triggers')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('customer_id', '=', customerId)
    .orderBy('code')
    .execute();
  const holds = await db
    .selectFrom('legal_holds')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('customer_id', '=', customerId)
    .orderBy('placed_at')
    .execute();
  const calendar = await db
    .selectFrom('review_calendar')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  const named = await db
    .selectFrom('portfolio_report_names')
    .select(['report_id', 'list'])
    .distinct()
    .where('tenant', '=', tenant)
    .where('customer_id', '=', customerId)
    .orderBy('report_id')
    .orderBy('list')
    .execute();
  const shadows = await db
    .selectFrom('shadow_scores as s')
    .innerJoin('chain_records as c', (join) =>
      join.onRef('c.tenant', '=', 's.tenant').onRef('c.sequence', '=', 's.sequence'),
    )
    .select(['s.shadow_id', 's.rating_id', 's.as_of', 's.decider_hash', 's.decider_pd', 's.pd', 's.skipped'])
    .where('c.tenant', '=', tenant)
    .where('c.subject', '=', Buffer.from(pseudonym, 'hex'))
    .orderBy('s.sequence')
    .orderBy('s.shadow_id')
    .execute();
  return {
    alerts: alerts.map((row) => ({
      ...toAlert(row),
      readBy: reads
        .filter((read) => read.alert_id === row.alert_id)
        .map(({ actor, at }) => ({ actor, at: instant(at) })),
      mailedTo: mails
        .filter((mail) => mail.alert_id === row.alert_id)
        .map(({ actor, state, created_at: at }) => ({ actor, state, createdAt: instant(at) })),
    })),
    signals: triggers.map(({ code, standing, as_of: asOf, warning_id: warningId, body }) => {
      const { circle, ...saw } = body;
      return {
        code,
        standing,
        asOf: instant(asOf),
        warningId,
        saw: { ...saw, ...(circle === undefined ? {} : { sharedWith: circle.kind }) },
      };
    }),
    legalHolds: holds.map((row) => ({
      holdId: row.hold_id,
      reason: row.reason,
      actor: row.actor,
      placedAt: instant(row.placed_at),
      lifted:
        row.lifted_at === null || row.lifted_by === null ? null : { actor: row.lifted_by, at: instant(row.lifted_at) },
    })),
    reviewCalendar:
      calendar === undefined
        ? null
        : {
            newest: calendar.now,
            lastReviewed: calendar.before,
            lastReviewAt: calendar.last_review_at,
            guarantorWorse: calendar.guarantor_worse,
            validUntil: calendar.valid_until,
            lookAt: calendar.look_at,
            asked: calendar.asked,
          },
    portfolioReports: named.map(({ report_id: reportId, list }) => ({ reportId, list })),
    shadowScores: shadows.map((row) => ({
      ratingId: row.rating_id,
      asOf: instant(row.as_of),
      decider: { hash: row.decider_hash, pd: row.decider_pd },
      shadowId: row.shadow_id,
      pd: row.pd,
      skipped: row.skipped,
    })),
  };
}
