import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import { Pool, types } from 'pg';
import { messageOf, ProbityError } from '../../base/index.ts';
import type { FreeTexts } from './free-texts.ts';
import type { Schema } from './schema.ts';

/** The operational database: PostgreSQL 15 or later, embedded or not. */
export interface Database {
  readonly db: Kysely<Schema>;
  /** What seals texts that people write; absent: they are stored as they are. */
  readonly texts?: FreeTexts;
  /** Lends a connection for statements prepared by name, where building them anew each time would cost too much. */
  withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** One connection to the database. */
export interface Connection {
  /** Runs a statement; with a `name` it is parsed once a connection. Buffers travel as binary. */
  query(statement: {
    readonly name?: string;
    readonly text: string;
    readonly values?: readonly unknown[];
  }): Promise<{ readonly rows: unknown[] }>;
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
  // The same holds for one that is lost in use: its query fails, and says so.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    (await pool.connect()).release();
  } catch (error) {
    await pool.end();
    throw unreachable(error, url);
  }
  const telling = tellingWhenLost(pool, url);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: telling }) });
  return {
    db,
    withConnection: async (work) => {
      const client = await telling.connect();
      try {
        return await work(client as unknown as Connection);
      } finally {
        client.release();
      }
    },
    close: () => db.destroy(),
  };
}

/** The pool, its lost connections told as DATABASE_UNREACHABLE: callers may try again, and the API answers 503. */
function tellingWhenLost(pool: Pool, url: string): PostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw unreachable(error, url);
      });
      let lost: Error | undefined;
      return new Proxy(client, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== 'function') return member;
          // A connection that was lost is not given to anybody else.
          if (name === 'release') return () => target.release(lost);
          if (name !== 'query') return member.bind(target) as unknown;
          return (...args: unknown[]) => {
            if (isSubmittable(args[0])) return Reflect.apply(member, target, args) as unknown;
            // By callback: what the client's promises hold outlives young collections, and a group's bodies with it (decision 182).
            return new Promise((resolve, reject) => {
              const settle = (error: Error | null, result: unknown): void => {
                if (!error) return resolve(result);
                if (isLost(error)) lost = unreachable(error, url);
                reject(lost ?? error);
              };
              Reflect.apply(member, target, [...args, settle]);
            });
          };
        },
      });
    },
    end: () => pool.end(),
  };
}

/** Whether it is a query of its own kind, such as a cursor, which the client runs by other means than a statement's text. */
function isSubmittable(statement: unknown): boolean {
  return typeof statement === 'object' && statement !== null && 'submit' in statement;
}

/** Whether the connection, not the statement, failed: the system's socket codes, PostgreSQL's class 08 and its shutdown codes. */
function isLost(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return /^(ECONN|EPIPE|ETIMEDOUT|08\w{3}$|57P0[1-3]$)/.test(code);
  return /connection (terminated|ended)|client has encountered a connection error/i.test(messageOf(error));
}

function unreachable(error: unknown, url: string): ProbityError {
  const message = `The operational database does not answer: ${withoutUrl(messageOf(error), url)}`;
  return new ProbityError('DATABASE_UNREACHABLE', message, { cause: error });
}

function withoutUrl(message: string, url: string): string {
  return message.replaceAll(url, '(database)');
}
