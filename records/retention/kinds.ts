import { sql, type RawBuilder } from 'kysely';
import type { Instant } from '../../base/index.ts';
import type { RetainedKind } from './rules.ts';

/** Kinds that are rows of a table. */
export type TableKind = Exclude<RetainedKind, 'ratings'>;

/** One kind of rows: its table, whose column names the customer (null: no customer's), which rows are old, and what hangs on them. */
interface Retained {
  readonly table: string;
  readonly customer: string | null;
  readonly old: (before: Instant) => RawBuilder<boolean>;
  readonly parts?: { readonly table: string; readonly key: string };
  /** Rows that name a customer on hold, where that is not said by `customer`. */
  readonly held?: RawBuilder<boolean>;
}

export const RETAINED: Readonly<Record<TableKind, Retained>> = {
  'data-accesses': { table: 'data_accesses', customer: 'subject', old: (before) => sql`t.at < ${before}::timestamptz` },
  'report-links': {
    table: 'report_links',
    customer: 'customer_id',
    old: (before) => sql`t.expires_at < ${before}::timestamptz`,
    parts: { table: 'report_link_openings', key: 'link_id' },
  },
  // Versions that another one replaced; what stands is kept.
  'credit-file-versions': {
    table: 'credit_file_entries',
    customer: 'customer_id',
    old: (before) => sql`t.known_until < ${before}::timestamptz`,
  },
  cases: {
    table: 'referral_cases',
    customer: 'customer_id',
    old: (before) => sql`t.closed_at < ${before}::timestamptz`,
    parts: { table: 'referral_case_events', key: 'case_id' },
  },
  warnings: {
    table: 'early_warnings',
    customer: 'customer_id',
    old: (before) => sql`t.closed_at < ${before}::timestamptz`,
    parts: { table: 'early_warning_events', key: 'warning_id' },
  },
  disputes: {
    table: 'disputes',
    customer: 'customer_id',
    old: (before) => sql`t.closed_at < ${before}::timestamptz and (t.state <> 'upheld' or t.settled)`,
    parts: { table: 'dispute_events', key: 'dispute_id' },
  },
  reviews: {
    table: 'customer_reviews',
    customer: 'customer_id',
    old: (before) => sql`t.closed_at < ${before}::timestamptz`,
    parts: { table: 'customer_review_events', key: 'review_id' },
  },
  'idempotency-keys': {
    table: 'idempotency_keys',
    customer: null,
    old: (before) =>
      sql`exists (select from chain_records r where r.tenant = t.tenant and r.sequence = t.sequence and r.at < ${before}::timestamptz)`,
  },
  'portfolio-reports': {
    table: 'portfolio_reports',
    customer: null,
    old: (before) => sql`t.made_at < ${before}::timestamptz`,
    parts: { table: 'portfolio_report_names', key: 'report_id' },
    held: sql`exists (select from portfolio_report_names n join legal_holds h on h.tenant = n.tenant and h.customer_id = n.customer_id
      where n.tenant = t.tenant and n.report_id = t.report_id and h.lifted_at is null)`,
  },
  // What waits to be sent is no record of the past yet; a reply begins the time anew.
  notices: {
    table: 'customer_notices',
    customer: 'customer_id',
    old: (before) => sql`t.issued_at < ${before}::timestamptz and t.next_at is null and not exists (
      select from customer_notice_events e where e.tenant = t.tenant and e.notice_id = t.notice_id and e.at >= ${before}::timestamptz)`,
    parts: { table: 'customer_notice_events', key: 'notice_id' },
  },
  agreements: {
    table: 'improvement_agreements',
    customer: 'customer_id',
    old: (before) => sql`t.state <> 'open' and not exists (
      select from improvement_agreement_states s where s.tenant = t.tenant and s.agreement_id = t.agreement_id and s.at >= ${before}::timestamptz)`,
    parts: { table: 'improvement_agreement_states', key: 'agreement_id' },
  },
  // Read marks and e-mails go with an alert; one that an e-mail is still on its way of stays.
  alerts: {
    table: 'alerts',
    customer: 'customer_id',
    old: (before) => sql`t.at < ${before}::timestamptz and not exists (
      select from alert_mails m where m.tenant = t.tenant and m.alert_id = t.alert_id and m.state = 'pending')`,
  },
  'customer-reports': {
    table: 'customer_reports',
    customer: 'customer_id',
    old: (before) => sql`t.as_of < ${before}::timestamptz`,
  },
  'control-reports': {
    table: 'control_reports',
    customer: null,
    old: (before) => sql`t.made_at < ${before}::timestamptz`,
  },
  reconciliations: {
    table: 'reconciliations',
    customer: null,
    old: (before) => sql`t.at < ${before}::timestamptz`,
  },
};

/** Whether a row of the kind, `t`, is of a customer on legal hold. */
export function isHeld(kind: TableKind): RawBuilder<boolean> {
  const { customer, held } = RETAINED[kind];
  if (held !== undefined) return held;
  if (customer === null) return sql`false`;
  return sql`exists (select from legal_holds h
    where h.tenant = t.tenant and h.customer_id = t.${sql.id(customer)} and h.lifted_at is null)`;
}
