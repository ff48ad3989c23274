import { existsSync } from 'node:fs';
import type { Tenant } from '../../base/index.ts';
import type { Appender } from '../audit/index.ts';
import { openPseudonymKey } from '../checkpoints/index.ts';
import type { Database } from '../database/index.ts';
import { sharedPseudonyms } from '../ratings/index.ts';
import { createErasures } from './erasures.ts';
import { erasuresFile, openErasuresFile } from './erasures-file.ts';
import { HOLDINGS } from './holdings.ts';
import { ERASED_WITH } from './other-tables.ts';

/**
 * Applies a tenant's erasures again to its operational database: what `audit/erasures.jsonl` lists and the database does not know, or all of them
 * after a restore (`again`). Customers' keys, rows and bodies in the chain go at once; their erasure then counts as unfinished until the workflow
 * has been through warehouse, snapshots and files, which the next start of the server sees to. Answers how many were erased anew. The keys folder
 * must be in place. Throws ERASURES_ALTERED, KEY_UNUSABLE.
 */
export async function applyErasures(of: {
  readonly database: Database;
  readonly tenant: Tenant;
  /** The tenant's folders `audit` and `keys` (dataPaths). */
  readonly audit: string;
  readonly keys: string;
  readonly appender: Appender;
  readonly again?: boolean;
}): Promise<number> {
  const { database, tenant, audit, keys, appender } = of;
  const pseudonymKey = await openPseudonymKey(keys);
  await sharedPseudonyms(database, tenant, pseudonymKey);
  return createErasures({ database, tenant, appender, pseudonymKey, audit }).apply({ again: of.again ?? false });
}

/** The erased customers of a tenant as its file lists them, for imports that reach no database. */
export async function listedErased(
  { audit, keys }: { readonly audit: string; readonly keys: string },
  tenant: Tenant,
): Promise<{ readonly subjects: readonly string[]; readonly key: Uint8Array }> {
  const path = erasuresFile(audit);
  if (!existsSync(path)) return { subjects: [], key: new Uint8Array() };
  const key = await openPseudonymKey(keys);
  const listed = await openErasuresFile(path, tenant, key).read();
  return { subjects: listed.map(({ subject }) => subject), key };
}

/** The tables that held what was removed of these customers, whose files still hold it until they are written anew. */
export async function touchedTables(
  { db }: Database,
  tenant: Tenant,
  subjects: readonly string[],
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('erasures')
    .select('steps')
    .where('tenant', '=', tenant)
    .where('subject', 'in', [...subjects])
    .execute();
  const named = new Set(rows.flatMap(({ steps }) => steps.flatMap(({ removed }) => Object.keys(removed))));
  const all = [...Object.keys(HOLDINGS), ...Object.keys(ERASED_WITH)];
  return all.filter((table) => table === 'erasures' || named.has(table) || named.has(ERASED_WITH[table] ?? ''));
}
