import { sql, type Transaction } from 'kysely';
import type { Tenant } from '../../base/index.ts';
import type { Schema } from '../database/index.ts';
import { keyOf } from './circles.ts';

/** A customer by whom a warning goes, and its code. */
export interface Raising {
  readonly subject: string;
  readonly code: string;
}

/**
 * Warnings of signals whose triggers are all gone and that wait for a person to close them, by subject and code: who raises one of the same subject and code is told of there, so that
 * its trigger is part of it. One that was opened again has another id than its triggers, and is none of these.
 */
export async function waitingWarnings(
  trx: Transaction<Schema>,
  tenant: Tenant,
  raising: readonly Raising[],
): Promise<ReadonlyMap<string, string>> {
  const waiting = new Map<string, string>();
  for (let from = 0; from < raising.length; from += AT_ONCE) {
    const some = raising.slice(from, from + AT_ONCE);
    const found = await sql<{ customer_id: string; code: string; warning_id: string }>`
      select customer_id, code, warning_id from early_warnings w
      where tenant = ${tenant} and closed_at is null and warning_id like 'signal-%' and strpos(warning_id, '.') = 0
        and (customer_id, code) in (
          select * from unnest(${some.map(({ subject }) => subject)}::text[], ${some.map(({ code }) => code)}::text[]))
        and not exists (
          select from signal_triggers t where t.tenant = w.tenant and t.warning_id = w.warning_id and t.standing)`.execute(
      trx,
    );
    for (const row of found.rows) waiting.set(keyOf(row.customer_id, row.code), row.warning_id);
  }
  return waiting;
}

const AT_ONCE = 1_000;
