import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import { messageOf, ProbityError } from '../../base/index.ts';
import type { Schema } from './schema.ts';

/** The operational database: PostgreSQL 15 or later, embedded or not. */
export interface Database {
  readonly db: Kysely<Schema>;
  close(): Promise<void>;
}

/** Opens a pool on `url` (postgres://…). Throws DATABASE_UNREACHABLE, without the URL, which may hold a password. */
export async function openDatabase(url: string, options: { maxConnections?: number } = {}): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: options.maxConnections ?? 8,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: (id, format) => (id === types.builtins.INT8 ? Number : types.getTypeParser(id, format)) },
  });
  // A lost idle connection is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {});
  try {
    (await pool.connect()).release();
  } catch (error) {
    await pool.end();
    throw new ProbityError(
      'DATABASE_UNREACHABLE',
      `The operational database does not answer: ${withoutUrl(messageOf(error), url)}`,
      {
        cause: error,
      },
    );
  }
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
}

function withoutUrl(message: string, url: string): string {
  return message.replaceAll(url, '(database)');
}
