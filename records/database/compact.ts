import { setTimeout } from 'node:timers/promises';
import type { Connection, Database } from './database.ts';

/** What compacting did; `walSegments` null: this user may not, so that whoever runs the server must. */
export interface Compacted {
  readonly tables: number;
  readonly walSegments: number | null;
}

/** Most segments of the write-ahead log that are gone through; PostgreSQL keeps 1 GB of 16 MB each by default. */
const MOST_SEGMENTS = 400;

/**
 * Has PostgreSQL write tables anew, so that its files hold nothing of rows that were removed: the tables with their indexes (VACUUM FULL, each locked while
 * it runs), the samples of values in its statistics, and the write-ahead log, whose old segments are overwritten and removed. Statistics and log need
 * a superuser, as the embedded server's is; elsewhere they are left.
 */
export async function compactTables(database: Database, tables: readonly string[]): Promise<Compacted> {
  return database.withConnection(async (connection) => {
    const ask = async (text: string): Promise<readonly Record<string, unknown>[]> =>
      (await connection.query({ text })).rows as Record<string, unknown>[];
    const [user] = await ask('select rolsuper from pg_roles where rolname = current_user');
    const isSuper = user?.['rolsuper'] === true;
    const names = tables.filter((name) => /^[a-z_]+$/.test(name));
    for (const name of names) await ask(`vacuum full ${name}`);
    if (isSuper && names.length > 0) {
      const list = names.map((name) => `'${name}'::regclass`).join(', ');
      await ask(`delete from pg_statistic where starelid in (${list})`);
      await ask('vacuum full pg_statistic');
    }
    for (const name of names) await ask(`analyze ${name}`);
    return { tables: names.length, walSegments: isSuper ? await renewLog(connection) : null };
  });
}

/** Removes every present segment of the write-ahead log: those with records behind a checkpoint, and old ones that wait to be used again. */
async function renewLog(connection: Connection): Promise<number> {
  const one = async (text: string): Promise<string> => {
    const { rows } = await connection.query({ text });
    return String(Object.values((rows[0] ?? {}) as Record<string, unknown>)[0]);
  };
  const before = await one('show wal_recycle');
  await connection.query({ text: 'alter system set wal_recycle = off' });
  try {
    await one('select pg_reload_conf()');
    await setTimeout(300);
    await connection.query({ text: 'checkpoint' });
    const last = await one("select max(name) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'");
    let segments = 0;
    // A switch fills the rest of a segment with zeros: what stood there before is gone.
    while (segments < MOST_SEGMENTS && (await one('select pg_walfile_name(pg_current_wal_insert_lsn())')) <= last) {
      await one("select pg_logical_emit_message(false, 'probity', 'renewed')");
      await one('select pg_switch_wal()');
      segments += 1;
    }
    await connection.query({ text: 'checkpoint' });
    return segments;
  } finally {
    await connection.query({
      text: before === 'on' ? 'alter system reset wal_recycle' : `alter system set wal_recycle = ${before}`,
    });
    await one('select pg_reload_conf()');
  }
}
