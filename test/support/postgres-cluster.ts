import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { postgresPackage } from '../../cli/stack/postgres.ts';
import { freePort } from '../../cli/stack/ports.ts';
import { reachablePrograms, unprivilegedUser } from '../../cli/stack/unprivileged-user.ts';
import { migrate, openDatabase } from '../../records/database/index.ts';
import type { TestDatabase } from './database.ts';
import { debianPostgres } from './debian-postgres.ts';

const run = promisify(execFile);

/** A PostgreSQL that the records must run on: its name and the folder of its programs; null: not on this machine. */
export interface PostgresKind {
  readonly name: string;
  readonly programs: string | null;
}

/** The embedded PostgreSQL, and the newest one (15 or later) of Debian's packages. */
export async function postgresKinds(): Promise<readonly PostgresKind[]> {
  const { folder, version } = await postgresPackage();
  const embedded = join(await reachablePrograms(folder, version, await unprivilegedUser()), 'bin');
  const debian = debianPostgres();
  return [
    { name: 'embedded PostgreSQL', programs: embedded },
    {
      name:
        debian === null
          ? 'PostgreSQL 15+ from Debian (none installed: skipped)'
          : `Debian's PostgreSQL ${debian.version}`,
      programs: debian?.programs ?? null,
    },
  ];
}

/** A PostgreSQL server whose process a test may kill and start again over the same data. */
export interface PostgresCluster {
  /** Address of the database `probity`; the port stays the same. */
  readonly url: string;
  start(): Promise<void>;
  /** kill -9 of the postmaster: its children end by themselves, the data are recovered at the next start. */
  kill(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** Makes and starts a server with its default durability; `settings` as `name=value`. */
export async function startCluster(programs: string, settings: readonly string[] = []): Promise<PostgresCluster> {
  const user = await unprivilegedUser();
  const folder = await mkdtemp(join(tmpdir(), 'probity-cluster-'));
  if (user !== null) await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const port = await freePort(0);
  const as = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C' } };
  const made = ['-D', data, '-U', 'probity', '--auth', 'trust', '--no-sync', '--encoding', 'UTF8', '--locale', 'C'];
  await run(join(programs, 'initdb'), made, as);
  const url = `postgres://probity@127.0.0.1:${port}/probity`;
  let server: ChildProcess | null = null;

  const gone = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = server;
    server = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const exit = once(ending, 'exit');
    ending.kill(signal);
    await exit;
  };
  const cluster: PostgresCluster = {
    url,
    async start() {
      const options = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings];
      const args = ['-D', data, '-p', String(port), ...options.flatMap((option) => ['-c', option])];
      for (let attempt = 0; ; attempt++) {
        // Children of a killed server may hold the data for a moment: then the new one ends at once.
        server = spawn(join(programs, 'postgres'), args, { ...as, stdio: 'ignore' });
        if (await answers(url, server)) return;
        if (attempt === 20) throw new Error('PostgreSQL does not start');
      }
    },
    kill: () => gone('SIGKILL'),
    async stop() {
      await gone('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
  await mkdir(folder, { recursive: true });
  await cluster.start();
  return cluster;
}

/** Waits until the server answers and its database is there; false where its process has ended. */
async function answers(url: string, server: ChildProcess): Promise<boolean> {
  while (server.exitCode === null && server.signalCode === null) {
    const client = new Client({ connectionString: url.replace(/\/[^/]*$/, '/postgres') });
    client.on('error', () => {});
    try {
      await client.connect();
      const known = await client.query(`select 1 from pg_database where datname = 'probity'`);
      if (known.rowCount === 0) await client.query('create database probity');
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => {});
    }
  }
  return false;
}

/** A migrated database of its own on a server of this kind. */
export async function startDatabaseOn(kind: PostgresKind): Promise<TestDatabase> {
  if (kind.programs === null) throw new Error(`${kind.name}: not installed`);
  const cluster = await startCluster(kind.programs);
  const name = `test_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: cluster.url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = cluster.url.replace(/\/[^/]*$/, `/${name}`);
  const database = await openDatabase(url);
  await migrate(database);
  return {
    url,
    database,
    stop: async () => {
      await database.close();
      await cluster.stop();
    },
  };
}
