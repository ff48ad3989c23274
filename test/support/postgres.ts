import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

/** A PostgreSQL database of its own for one test file. */
export interface TestPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Gives an empty database: on the server of PROBITY_TEST_DATABASE_URL where that is set, else on this worker's server of the kind that the
 * Vitest project is for (`postgres-servers.ts`). The same tests thereby run on both.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const server = process.env['PROBITY_TEST_DATABASE_URL'] ?? (await ofThisWorker());
  const name = `probity_test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => onServer(server, `drop database if exists ${name} with (force)`) };
}

async function ofThisWorker(): Promise<string> {
  const answer = await fetch(`${inject('postgresServers')}/${process.env['VITEST_POOL_ID']}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`no PostgreSQL for the tests: ${text}`);
  const url = new URL(text);
  // Every connection is trusted; a password stands in the address as one would in a deployment's.
  url.password = 'test';
  return url.href;
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
