import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ProbityError, type Progress } from '../../base/index.ts';
import { copyIn } from '../database/copy.ts';
import { migrate, openDatabase } from '../database/index.ts';
import { connect } from './database-point.ts';
import type { Manifest } from './manifest.ts';

/** Throws RESTORE_REFUSED where the database holds tables. */
export async function assertEmptyDatabase(url: string): Promise<void> {
  const client = await connect(url);
  try {
    const { rows } = await client.query<{ n: string }>(
      'select count(*) as n from information_schema.tables where table_schema = current_schema()',
    );
    if (Number(rows[0]?.n) > 0) throw new ProbityError('RESTORE_REFUSED', 'The database holds tables already.');
  } finally {
    await client.end();
  }
}

/**
 * Brings a backup's rows into an empty database: the schema of then, all tables in one transaction, then the migrations since. `open` gives a
 * table's rows as COPY wrote them. Throws BACKUP_DAMAGED where a table has not the rows that the manifest counts, MIGRATION_ALTERED.
 */
export async function restoreDatabase(
  url: string,
  { migrations, tables, sequences }: Manifest,
  open: (path: string) => readonly [Readable, ...NodeJS.ReadWriteStream[]],
  progress: Progress,
): Promise<void> {
  await assertEmptyDatabase(url);
  await migrated(url, migrations);
  const client = await connect(url);
  try {
    await client.query('begin');
    for (const [i, { name, columns, rows, path }] of tables.entries()) {
      progress({ step: 'database', done: i / tables.length, message: name });
      const quoted = columns.map((column) => client.escapeIdentifier(column)).join(', ');
      const copy = copyIn(client, `${client.escapeIdentifier(name)} (${quoted})`);
      await pipeline([...open(path), copy]);
      if (copy.rows !== rows)
        throw new ProbityError('BACKUP_DAMAGED', `${path} has ${copy.rows} rows, its manifest says ${rows}.`);
    }
    for (const { table, column, last, called } of sequences)
      await client.query('select setval(pg_get_serial_sequence(quote_ident($1), $2), $3::bigint, $4)', [
        table,
        column,
        last,
        called,
      ]);
    await client.query('commit');
  } finally {
    await client.end();
  }
  await migrated(url);
  progress({ step: 'database', done: 1, message: `${tables.length} tables` });
}

async function migrated(url: string, only?: Manifest['migrations']): Promise<void> {
  const database = await openDatabase(url, { maxConnections: 1 });
  try {
    await migrate(database, undefined, only);
  } finally {
    await database.close();
  }
}
