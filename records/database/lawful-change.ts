import { sql, type Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** Says for the rest of a transaction why rows that are append-only may change: the triggers of those tables let through what an erasure or a retention rule does, and nothing else. */
export async function lawfulChange(trx: Transaction<Schema>, why: 'erasure' | 'retention'): Promise<void> {
  await sql`select set_config('probity.change', ${why}, true)`.execute(trx);
}
