import { sql, type RawBuilder, type Transaction } from 'kysely';
import { canonicalJson, instant, type Instant, type Tenant } from '../../base/index.ts';
import type { Appender } from '../audit/index.ts';
import type { Database, Schema } from '../database/index.ts';
import { RETAINED_KINDS, type RetainedKind, type RetentionRules } from './rules.ts';

/** What of one kind is older than its rule allows, and what of that stays because its customer is on legal hold. */
export interface RetentionFinding {
  readonly kind: RetainedKind;
  readonly months: number;
  readonly before: Instant;
  readonly due: number;
  readonly held: number;
}

/** One kind: its table, whose column names the customer (null: no customer's), which rows are old, and what hangs on them. */
interface Retained {
  readonly table: string;
  readonly customer: string | null;
  readonly old: (before: Instant) => RawBuilder<boolean>;
  readonly parts?: { readonly table: string; readonly key: string };
}

const RETAINED: Readonly<Record<RetainedKind, Retained>> = {
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
  'idempotency-keys': {
    table: 'idempotency_keys',
    customer: null,
    old: (before) =>
      sql`exists (select from chain_records r where r.tenant = t.tenant and r.sequence = t.sequence and r.at < ${before}::timestamptz)`,
  },
};

/** What the rules would remove at an instant; changes nothing. */
export async function retentionDue(
  { db }: Database,
  tenant: Tenant,
  rules: RetentionRules,
  now: Instant,
): Promise<readonly RetentionFinding[]> {
  return db.transaction().execute((trx) => look(trx, tenant, rules, now));
}

/**
 * Removes what the rules say is due, all kinds in one transaction, and puts on record in the audit chain how much of each went and stayed. Ratings and
 * their bodies are not touched, so the chain verifies as before. What another process adds meanwhile is not due.
 */
export async function applyRetention(of: {
  readonly database: Database;
  readonly tenant: Tenant;
  readonly rules: RetentionRules;
  readonly now: Instant;
  readonly actor: string;
  readonly appender: Appender;
}): Promise<readonly RetentionFinding[]> {
  const { database, tenant, rules, now, actor, appender } = of;
  // On record first: what is removed without a word would be the worse of the two.
  const planned = await retentionDue(database, tenant, rules, now);
  const body = canonicalJson({
    format: 'probity.retention/1',
    actor,
    at: now,
    kinds: planned.map((each) => ({ ...each })),
  });
  await appender.append({ kind: 'retention', subject: null, body: Buffer.from(body) });
  await database.db.transaction().execute(async (trx) => {
    for (const { kind, before } of planned) {
      const { table, parts, old } = RETAINED[kind];
      const due = sql`t.tenant = ${tenant} and ${old(before)} and not ${isHeld(kind)}`;
      if (parts !== undefined)
        await sql`delete from ${sql.id(parts.table)} p using ${sql.id(table)} t
          where p.tenant = t.tenant and p.${sql.id(parts.key)} = t.${sql.id(parts.key)} and ${due}`.execute(trx);
      await sql`delete from ${sql.id(table)} t where ${due}`.execute(trx);
    }
  });
  return planned;
}

async function look(
  trx: Transaction<Schema>,
  tenant: Tenant,
  rules: RetentionRules,
  now: Instant,
): Promise<readonly RetentionFinding[]> {
  const found: RetentionFinding[] = [];
  for (const kind of RETAINED_KINDS) {
    const months = rules[kind];
    if (months === undefined) continue;
    const before = monthsBefore(now, months);
    const { table, old } = RETAINED[kind];
    const { rows } = await sql<{ due: number; held: number }>`
      select count(*) filter (where not ${isHeld(kind)}) as due, count(*) filter (where ${isHeld(kind)}) as held
      from ${sql.id(table)} t where t.tenant = ${tenant} and ${old(before)}`.execute(trx);
    found.push({ kind, months, before, due: rows[0]?.due ?? 0, held: rows[0]?.held ?? 0 });
  }
  return found;
}

function isHeld(kind: RetainedKind): RawBuilder<boolean> {
  const { customer } = RETAINED[kind];
  if (customer === null) return sql`false`;
  return sql`exists (select from legal_holds h
    where h.tenant = t.tenant and h.customer_id = t.${sql.id(customer)} and h.lifted_at is null)`;
}

/** The same instant so many calendar months earlier, at the month's last day where it is shorter. */
function monthsBefore(now: Instant, months: number): Instant {
  const then = new Date(now);
  const day = then.getUTCDate();
  then.setUTCDate(1);
  then.setUTCMonth(then.getUTCMonth() - months);
  const last = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate();
  then.setUTCDate(Math.min(day, last));
  return instant(then);
}
