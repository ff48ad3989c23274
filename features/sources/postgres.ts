import { createHash } from 'node:crypto';
import { Client } from 'pg';
import Cursor from 'pg-cursor';
import type { SourceSpec } from '../specs/relational-spec.ts';
import { identifier, ProbityError } from '../../base/index.ts';
import { stopIfAborted, unreadable, type OpenSource, type SourceContext } from './source.ts';
import { StagedRows } from './staged-rows.ts';

const BATCH = 4096;

const AS_TEXT = { getTypeParser: () => (value: string) => value };

/**
 * Runs a query in PostgreSQL, in one read-only transaction, and streams its rows through a cursor into a temporary table, as text.
 * Messages name the environment variable, never the connection string.
 */
export async function openPostgres(spec: SourceSpec, context: SourceContext): Promise<OpenSource> {
  const client = new Client({ connectionString: connectionString(spec) });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'");
    return await stage(client, spec, context);
  } catch (error) {
    if (error instanceof ProbityError) throw error;
    const code = (error as { code?: string }).code;
    throw unreadable(
      'The database',
      `refuses${code === undefined ? '' : ` (${code})`}: it does not answer, or does not accept the query`,
      'Try the connection and the query with psql.',
      error,
    );
  } finally {
    await client.end().catch(() => {});
  }
}

async function stage(client: Client, spec: SourceSpec, context: SourceContext): Promise<OpenSource> {
  const cursor = client.query(new Cursor<unknown[]>(spec.query ?? '', [], { rowMode: 'array', types: AS_TEXT }));
  const hash = createHash('sha256').update(spec.query ?? '');
  const table = context.temporaryTable();
  let rows: StagedRows | undefined;
  let names: string[] = [];
  try {
    for (;;) {
      stopIfAborted(context.signal);
      const batch = await readBatch(cursor);
      if (rows === undefined) {
        names = [...batch.names];
        rows = await StagedRows.create(
          context.connection,
          table,
          names.map(() => 'text'),
        );
      }
      if (batch.rows.length === 0) break;
      for (const row of batch.rows) hash.update(`${JSON.stringify(row)}\n`);
      rows.append(names.map((_, i) => batch.rows.map((row) => (row[i] ?? null) as string | null)));
    }
    await cursor.close();
  } finally {
    rows?.close();
  }
  return {
    columns: names.map((name, i) => ({
      name,
      sql: `c${i}`,
      type: 'VARCHAR',
      repeated: names.indexOf(name) !== names.lastIndexOf(name),
    })),
    parts: [{ label: 'query', relation: identifier(table), rejects: null, headerLines: 0 }],
    unreadable: null,
    digest: hash.digest('hex'),
  };
}

/** The next rows of a cursor; none at its end. The column names come with the first batch only. */
function readBatch(cursor: Cursor<unknown[]>): Promise<{ rows: unknown[][]; names: readonly string[] }> {
  return new Promise((done, fail) => {
    cursor.read(BATCH, (error, rows, result?: { fields: readonly { name: string }[] }) => {
      if (error) fail(error);
      else done({ rows, names: (result?.fields ?? []).map((field) => field.name) });
    });
  });
}

function connectionString(spec: SourceSpec): string {
  if (spec.connection === null) throw new TypeError('a PostgreSQL source has a connection');
  if ('url' in spec.connection) return spec.connection.url;
  const value = process.env[spec.connection.env];
  if (value !== undefined && value !== '') return value;
  throw unreadable(
    'The database',
    `is not named: the environment variable ${spec.connection.env} is empty`,
    'Set it to a connection string.',
  );
}
