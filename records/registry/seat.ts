import { sql, type Transaction } from 'kysely';
import type { Tenant } from '../../base/index.ts';
import type { Database, Schema } from '../database/index.ts';

/** Holds a slot's seat until the transaction ends: its champion, and what stands beside or before it, change one at a time. */
export async function lockSeat(trx: Transaction<Schema>, tenant: Tenant, slot: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`champion ${tenant} ${slot}`}, 0))`.execute(trx);
}

/** The standing champion of a slot. */
export function standingSeat(trx: Transaction<Schema>, tenant: Tenant, slot: string) {
  return trx
    .selectFrom('champions')
    .select(['valid_from', 'model_hash'])
    .where('tenant', '=', tenant)
    .where('slot', '=', slot)
    .where('valid_until', 'is', null)
    .executeTakeFirst();
}

/** The database's clock in milliseconds, as the server compares instants. */
export async function clockOf(db: Pick<Database['db'], 'getExecutor'>): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select date_trunc('milliseconds', clock_timestamp()) as at`.execute(db);
  return rows[0]?.at ?? new Date();
}
