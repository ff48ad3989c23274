import { sql, type RawBuilder } from 'kysely';
import { hmacBlocks, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import { HOLDINGS } from './holdings.ts';

/** How many rows were removed or rewritten, by table. */
export type Removed = { readonly [table: string]: number };

/** The pseudonym (records/ratings/pseudonyms) of an id in PostgreSQL; the key travels as a parameter. */
function pseudonymIn(key: Uint8Array): (column: RawBuilder<unknown>) => RawBuilder<string> {
  const { inner, outer } = hmacBlocks(key);
  return (column) =>
    sql<string>`encode(substring(sha256(${outer}::bytea || sha256(${inner}::bytea || convert_to(${column}, 'UTF8'))) for 16), 'hex')`;
}

/** The ids by which the tables still name these customers. */
async function findIds(
  database: Database,
  tenant: Tenant,
  key: Uint8Array,
  subjects: readonly string[],
): Promise<readonly string[]> {
  const pseudonym = pseudonymIn(key);
  const found = new Set<string>();
  for (const [table, { names }] of Object.entries(HOLDINGS)) {
    for (const name of names) {
      const id = sql.raw(name);
      const { rows } = await sql<{ id: string }>`select id from
        (select distinct ${id} as id from ${sql.id(table)} where tenant = ${tenant} and ${id} is not null) ids
        where ${pseudonym(sql`id`)} = any(${subjects})`.execute(database.db);
      for (const row of rows) found.add(row.id);
    }
  }
  return [...found];
}

/**
 * Removes what the operational database's tables hold of customers, given by their pseudonyms, but for the audit chain: rows go, or what names
 * the customer in them does (HOLDINGS). All of it or none. `known`: their ids, where the caller has them; otherwise they are looked for. Doing
 * it again removes what came since.
 */
export async function eraseRecords(
  database: Database,
  tenant: Tenant,
  key: Uint8Array,
  subjects: readonly string[],
  known?: readonly string[],
): Promise<Removed> {
  const ids = known ?? (await findIds(database, tenant, key, subjects));
  const pseudonym = pseudonymIn(key);
  const removed: Record<string, number> = {};
  await database.db.transaction().execute(async (trx) => {
    if (ids.length > 0) {
      const scope = { trx, tenant, ids, pseudonym };
      for (const [table, { erase }] of Object.entries(HOLDINGS)) removed[table] = await erase(scope);
    }
    const keys = await sql`delete from idempotency_keys k using chain_records r
      where r.tenant = k.tenant and r.sequence = k.sequence and r.kind <> 'erasure'
        and k.tenant = ${tenant} and r.subject = any(${subjects.map((subject) => Buffer.from(subject, 'hex'))}::bytea[])`.execute(
      trx,
    );
    removed['idempotency_keys'] = Number(keys.numAffectedRows ?? 0n);
  });
  return Object.fromEntries(Object.entries(removed).filter(([, count]) => count > 0));
}
