import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { expect, inject, it } from 'vitest';
import { debianPostgres } from '../../test/support/debian-postgres.ts';
import { postgresKinds } from '../../test/support/postgres-cluster.ts';
import { startTestPostgres } from '../../test/support/postgres.ts';

const debian = debianPostgres();
const elsewhere = process.env['PROBITY_TEST_DATABASE_URL'];

it.skipIf(elsewhere !== undefined)('the databases of these tests are on the PostgreSQL that the run says', async () => {
  const kind = (await postgresKinds())[inject('postgresKind')];
  const { stdout } = await promisify(execFile)(join(kind?.programs ?? '', 'postgres'), ['--version']);
  const postgres = await startTestPostgres();
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  await postgres.stop();
  expect(stdout.trim()).toBe(`postgres (PostgreSQL) ${rows[0]?.server_version}`);
});

it.skipIf(debian === null)(
  debian === null
    ? 'records were not tested on a real PostgreSQL: none of 15 or later is installed from Debian’s packages'
    : `records are tested on a real PostgreSQL as well, Debian’s ${debian.version}`,
  () => expect(debian?.version).toBeGreaterThanOrEqual(15),
);
