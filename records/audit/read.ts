import { sql } from 'kysely';
import type { Instant, Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import { bodyHash, recordHash } from './chain.ts';
import { chainRecordOf } from './rows.ts';
import type { StoredRecord } from './verify.ts';

const PAGE = 2_000;

/** Kind of the records that say: the bodies of this subject were erased. */
export const ERASURE = 'erasure';

/** The stored records of a chain after a sequence, with their bodies, in order, page by page. */
export async function* storedRecords(database: Database, tenant: Tenant, after = 0): AsyncGenerator<StoredRecord> {
  let last: number | null = null;
  for (;;) {
    // At the very beginning nothing bounds the sequence from below: a record 0 or -1 would be a planted one.
    const from: number | null = last ?? (after > 0 ? after : null);
    let query = recordRows(database, tenant);
    if (from !== null) query = query.where('r.sequence', '>', from);
    const rows = await query.orderBy('r.sequence').limit(PAGE).execute();
    for (const row of rows) {
      yield { ...chainRecordOf(row), body: bodyOf(row) };
      last = row.sequence;
    }
    if (rows.length < PAGE) return;
  }
}

/** The stored records of one kind appended within [from, until), with their bodies, in order, page by page. */
export async function* recordsWithin(
  database: Database,
  tenant: Tenant,
  kind: string,
  { from, until }: { readonly from: Instant; readonly until: Instant },
): AsyncGenerator<StoredRecord> {
  for (let last = 0; ;) {
    const rows = await recordRows(database, tenant)
      .where('r.kind', '=', kind)
      .where('r.at', '>=', sql<Date>`${from}`)
      .where('r.at', '<', sql<Date>`${until}`)
      .where('r.sequence', '>', last)
      .orderBy('r.sequence')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      yield { ...chainRecordOf(row), body: bodyOf(row) };
      last = row.sequence;
    }
    if (rows.length < PAGE) return;
  }
}

/** Whether a stored record is the one that its hash names, body included where it is not erased. */
export function isAsRecorded(record: StoredRecord): boolean {
  const { body } = record;
  if (recordHash(record) !== record.hash) return false;
  return body === null || bodyHash(body.salt, body.bytes) === record.bodyHash;
}

/** One record with its body, or null. */
export async function storedRecord(database: Database, tenant: Tenant, sequence: number): Promise<StoredRecord | null> {
  const row = await recordRows(database, tenant).where('r.sequence', '=', sequence).executeTakeFirst();
  return row === undefined ? null : { ...chainRecordOf(row), body: bodyOf(row) };
}

/** The newest erasure of each subject, by subject. */
export async function erasures(database: Database, tenant: Tenant): Promise<ReadonlyMap<string, number>> {
  const rows = await database.db
    .selectFrom('chain_records')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('kind', '=', ERASURE)
    .orderBy('sequence')
    .execute();
  return new Map(
    rows
      .map(chainRecordOf)
      .flatMap(({ subject, sequence }) => (subject === null ? [] : [[subject, sequence] as const])),
  );
}

function recordRows(database: Database, tenant: Tenant) {
  return database.db
    .selectFrom('chain_records as r')
    .leftJoin('record_bodies as b', (join) =>
      join.onRef('b.tenant', '=', 'r.tenant').onRef('b.sequence', '=', 'r.sequence'),
    )
    .selectAll('r')
    .select(['b.salt', 'b.body'])
    .where('r.tenant', '=', tenant);
}

function bodyOf({ salt, body }: { readonly salt: Buffer | null; readonly body: Buffer | null }) {
  return salt === null || body === null ? null : { salt, bytes: body };
}
