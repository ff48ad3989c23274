import { canonicalJson, type Json, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import type { Appended, Appender } from './appender.ts';
import { ERASURE } from './read.ts';

/**
 * Erases every body about a subject: first the chain says so, durably, then salts and bodies go. What remains of a record is its place,
 * kind, pseudonym, instant and a hash that tells nothing without its salt. Doing it again erases what came since. `about` is said in the record, which stays.
 */
export async function eraseSubject(
  database: Database,
  tenant: Tenant,
  appender: Appender,
  subject: string,
  about: { readonly [key: string]: Json } = {},
): Promise<{ readonly record: Appended['record']; readonly bodies: number }> {
  const body = Buffer.from(canonicalJson({ format: 'probity.erasure/1', ...about }));
  const { record } = await appender.append({ kind: ERASURE, subject, body });
  const { numUpdatedRows } = await database.db
    .updateTable('record_bodies as b')
    .from('chain_records as r')
    .set({ salt: null, body: null })
    .whereRef('b.tenant', '=', 'r.tenant')
    .whereRef('b.sequence', '=', 'r.sequence')
    .where('r.tenant', '=', tenant)
    .where('r.subject', '=', Buffer.from(subject, 'hex'))
    .where('r.kind', '!=', ERASURE)
    .where('r.sequence', '<', record.sequence)
    .where('b.body', 'is not', null)
    .executeTakeFirst();
  return { record, bodies: Number(numUpdatedRows) };
}
