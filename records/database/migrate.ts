import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { packageRoot, ProbityError, sha256 } from '../../base/index.ts';
import type { Database } from './database.ts';

/** Any number that no other program locks; held while migrating, so that two starts do not race. */
const MIGRATION_LOCK = 7_024_120_611;

/**
 * Brings the database to the newest schema: runs each file of `records/migrations` that has not run, in name order, in one transaction.
 * Forward only. A file that ran before and has been edited since is refused (MIGRATION_ALTERED). Returns the names that ran. `only` stops at an
 * older schema: these files alone, as a backup of that time lists them.
 */
export async function migrate(
  database: Database,
  folder = join(packageRoot(), 'records', 'migrations'),
  only?: readonly { readonly name: string; readonly sha256: string }[],
): Promise<readonly string[]> {
  const all = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const asked = only && new Map(only.map(({ name, sha256: hash }) => [name, hash]));
  const newer = [...(asked?.keys() ?? [])].filter((name) => !all.includes(name));
  if (newer.length > 0)
    throw new ProbityError('MIGRATION_ALTERED', `Only a newer Probity knows this schema (${newer.join(', ')}).`);
  const files = asked ? all.filter((name) => asked.has(name)) : all;
  return database.db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx);
    await sql`create table if not exists migrations (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`.execute(trx);
    const before = await sql<{ name: string; sha256: string }>`select name, sha256 from migrations`.execute(trx);
    const applied = new Map(before.rows.map((row) => [row.name, row.sha256]));
    const ran: string[] = [];
    for (const name of files) {
      const text = await readFile(join(folder, name), 'utf8');
      const hash = sha256(text);
      const known = applied.get(name);
      if (asked && asked.get(name) !== hash)
        throw new ProbityError('MIGRATION_ALTERED', `The migration ${name} is not the one that ran there.`);
      if (known === undefined) {
        await sql.raw(text).execute(trx);
        await sql`insert into migrations (name, sha256) values (${name}, ${hash})`.execute(trx);
        ran.push(name);
      } else if (known !== hash) {
        throw new ProbityError('MIGRATION_ALTERED', `The migration ${name} was edited after it ran on this database.`);
      }
    }
    const strange = [...applied.keys()].filter((name) => !files.includes(name));
    if (strange.length > 0) {
      throw new ProbityError(
        'MIGRATION_ALTERED',
        `This database was migrated by a newer Probity (${strange.join(', ')}).`,
        {
          fix: 'Run the newer version; migrations go forward only.',
        },
      );
    }
    return ran;
  });
}
