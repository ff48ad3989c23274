import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Instant, Tenant } from '../../base/index.ts';
import type { RetiredBodies } from '../audit/index.ts';
import type { Schema } from '../database/index.ts';
import { RATING_KIND, type Pseudonyms } from '../ratings/index.ts';

/** Evidence of ratings that is due, and what of that stays because its customer is on legal hold. */
export interface DueBodies {
  readonly bodies: RetiredBodies;
  readonly due: number;
  readonly held: number;
}

/**
 * The evidence of ratings recorded before an instant. It stays for customers on legal hold, and where something open rests on it: a case, a dispute, an
 * override that has not expired.
 */
export async function ratingsDue(
  trx: Transaction<Schema>,
  tenant: Tenant,
  before: Instant,
  now: Instant,
  pseudonyms: Pseudonyms,
): Promise<DueBodies> {
  const holds = await sql<{ customer_id: string }>`select distinct customer_id from legal_holds
    where tenant = ${tenant} and lifted_at is null`.execute(trx);
  const subjects = holds.rows.map(({ customer_id }) => pseudonyms.of(customer_id)).sort();
  const open = await sql<{ sequence: number }>`select distinct split_part(rating_id, '-', 1)::bigint as sequence from (
      select rating_id from referral_cases where tenant = ${tenant} and closed_at is null
      union all select body -> 'about' ->> 'ratingId' from disputes where tenant = ${tenant} and closed_at is null
      union all select rating_id from rating_overrides where tenant = ${tenant} and expires_at > ${now}::timestamptz
    ) resting where rating_id ~ '^[1-9][0-9]{0,14}-'`.execute(trx);
  const last = await sql<{ through: number | null }>`select max(sequence) as through from chain_records
    where tenant = ${tenant} and kind = ${RATING_KIND} and at < ${before}::timestamptz`.execute(trx);
  const through = last.rows[0]?.through ?? 0;
  const sequences = open.rows
    .map(({ sequence }) => sequence)
    .filter((sequence) => sequence <= through)
    .sort((a, b) => a - b);
  const bodies = { kind: RATING_KIND, through, except: { subjects, sequences } };
  const held = sql`r.subject is not null and r.subject = any(${bytesOf(subjects)}::bytea[])`;
  const { rows } = await sql<{ due: number; held: number }>`
    select count(*) filter (where not (${held})) as due, count(*) filter (where ${held}) as held
    from chain_records r join record_bodies b on b.tenant = r.tenant and b.sequence = r.sequence
    where ${reached(tenant, bodies)}`.execute(trx);
  return { bodies, due: rows[0]?.due ?? 0, held: rows[0]?.held ?? 0 };
}

/** Removes them: salt and body; the record stays, with a hash that tells nothing. */
export async function retireBodies(trx: Transaction<Schema>, tenant: Tenant, bodies: RetiredBodies): Promise<void> {
  await sql`update record_bodies b set salt = null, body = null from chain_records r
    where r.tenant = b.tenant and r.sequence = b.sequence and ${reached(tenant, bodies)}
      and (r.subject is null or r.subject <> all(${bytesOf(bodies.except.subjects)}::bytea[]))`.execute(trx);
}

/** Records whose bodies a rule reaches, those of customers on hold among them. */
function reached(tenant: Tenant, { kind, through, except }: RetiredBodies): RawBuilder<boolean> {
  return sql<boolean>`r.tenant = ${tenant} and r.kind = ${kind} and r.sequence <= ${through}
    and r.sequence <> all(${[...except.sequences]}::bigint[]) and b.body is not null`;
}

const bytesOf = (subjects: readonly string[]): readonly Buffer[] => subjects.map((one) => Buffer.from(one, 'hex'));
