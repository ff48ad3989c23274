import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { destination, pino, type Logger } from 'pino';
import { dataPaths, loadProject, type Project } from '../../base/index.ts';
import { endProcess } from '../../cli/stack/processes.ts';
import { startPostgres } from '../../cli/stack/postgres.ts';
import { startTemporal } from '../../cli/stack/temporal.ts';
import { composeDependencies } from '../../pipelines/compose/index.ts';
import { connectPipelines, projectCodec, taskQueues, type PipelineClient } from '../../pipelines/index.ts';
import { startWorker } from '../../pipelines/worker.ts';
import type { RestoreOptions } from '../../records/backup/index.ts';
import { migrate, openDatabase, type Database } from '../../records/database/index.ts';
import { createKeys } from '../../records/keys/index.ts';
import { composeServing } from '../../serving/compose/index.ts';
import { startServer, type ServingDependencies } from '../../serving/index.ts';
import { smallArtefact } from '../serving/world.ts';
import { promoteTo } from './rated-project.ts';

/** What the API answered; `body` is null where it is no JSON. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Record<string, unknown> | null;
}

/** A project with all that `probity up` runs, its data in one folder: PostgreSQL and Temporal as processes, worker and API in this one. */
export interface RunningProject {
  readonly project: Project;
  /** Where the user keeps spec and source of customers. */
  readonly sources: string;
  readonly database: Database;
  /** PostgreSQL's own folder; within the data folder where its user can reach that. */
  readonly postgresFolder: string;
  readonly pipelines: PipelineClient;
  /** Tenant and queues, as requests of workflows need them. */
  readonly url: string;
  readonly scope: { readonly tenant: string; readonly queues: ReturnType<typeof taskQueues> };
  /** By the key that may do everything, unless the headers say another. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Writes the source of customers: eight, and these lines. */
  writeSource(more: string): Promise<void>;
  close(): Promise<void>;
}

const SPEC = `name: customers
tables:
  - table: parties
    source: { path: customers.csv }
    mode: upsert
    columns: { party_id: id, kind: { value: person }, segment: segment, born_on: born }
    happened: since
    known: { lag: P1D }
`;

/** What a test changes of the server. */
export interface RunningOptions {
  /** Default: to a file in the data folder. */
  readonly logger?: Logger;
  readonly alter?: (deps: ServingDependencies) => ServingDependencies;
  /** Default: `acme`. */
  readonly tenant?: string;
  /** Brings an earlier project's files and database into the empty folder: no champion and no file of its own are made then. */
  readonly restore?: (into: string, withDatabase: RestoreOptions['withDatabase']) => Promise<unknown>;
  /** Another tenant on the PostgreSQL and the Temporal server of this one, which is closed last. */
  readonly beside?: RunningProject;
}

/** Starts it, with a champion and a key that may do everything. */
export async function runningProject(options: RunningOptions = {}): Promise<RunningProject> {
  const folder = await mkdtemp(join(tmpdir(), 'probity-running-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    return await start(folder, options, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  folder: string,
  { logger: given, alter = (deps) => deps, tenant = 'acme', beside, restore }: RunningOptions,
  closing: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<RunningProject> {
  // PostgreSQL runs as another user where the tests run as root, and its data are to lie in the data folder.
  await chmod(folder, 0o755);
  const sources = join(folder, 'sources');
  if (restore === undefined) {
    await mkdir(sources);
    await writeFile(join(sources, 'customers.yaml'), SPEC);
    const text = `tenant: ${tenant}\nspecs: [sources/customers.yaml]\nserving: { port: 0 }\n`;
    await writeFile(join(folder, 'probity.yaml'), text);
  } else {
    await restore(folder, async (restored, work) => {
      const postgres = await startPostgres(restored);
      try {
        return await work(postgres.url);
      } finally {
        await endProcess(postgres.pid, 'SIGINT');
      }
    });
  }
  const bare = await loadProject(folder, {});
  await mkdir(bare.dataDir, { recursive: true, mode: 0o755 });
  const { databaseUrl, temporalAddress } = beside?.project ?? (await startServices(bare, closing));
  if (databaseUrl === null || temporalAddress === null) throw new Error('the project beside runs no services');
  const project = { ...bare, databaseUrl, temporalAddress };
  const scope = { tenant: project.tenant, queues: taskQueues(project) };
  const database = await openDatabase(databaseUrl);
  closing.push(() => database.close());
  await migrate(database);
  const { rows } = await sql<{ data_directory: string }>`show data_directory`.execute(database.db);
  if (restore === undefined) await promoteTo(project, database, smallArtefact());
  const roles = ['admin', 'credit-officer', 'credit-manager'] as const;
  const { written } = await createKeys(database, project.tenant).create({ name: 'dpo', roles, days: 1, actor: 'test' });
  const services = { databaseUrl, temporalAddress };
  const composition = await composeDependencies(project, services);
  const { dependencies, codec } = composition;
  closing.push(() => composition.close());
  const address = temporalAddress;
  const namespace = project.temporalNamespace;
  const worker = await startWorker({ address, namespace, queues: scope.queues, dependencies, codec });
  closing.push(() => worker.stop());
  const pipelines = await connectPipelines(address, namespace, await projectCodec(project));
  closing.push(() => pipelines.close());
  const log = join(dataPaths(project).logs, 'api.log');
  const logger = given ?? pino({ level: 'debug' }, destination({ dest: log, sync: true, mkdir: true }));
  const composed = await composeServing(project, databaseUrl, logger);
  closing.push(composed.close);
  const server = await startServer(alter(composed.deps), { port: 0 });
  closing.push(() => server.close());
  return {
    project,
    sources,
    database,
    postgresFolder: dirname(rows[0]?.data_directory ?? ''),
    pipelines,
    url: server.url,
    scope,
    async ask(method, path, body, headers = {}) {
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await fetch(server.url + path, {
        method,
        headers: { authorization: `Bearer ${written}`, ...type, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const answered = await response.text();
      const isJson = (response.headers.get('content-type') ?? '').includes('json');
      return {
        status: response.status,
        text: answered,
        body: (isJson ? JSON.parse(answered) : null) as Record<string, unknown> | null,
      };
    },
    async writeSource(more) {
      const others = Array.from({ length: 8 }, (_, i) => `C-00${i},retail,1990-11-02,2022-07-1${i}\n`).join('');
      await writeFile(join(sources, 'customers.csv'), `id,segment,born,since\n${others}${more}`);
    },
    close,
  };
}

/** PostgreSQL and Temporal of a project, with their data in its folder. */
async function startServices(project: Project, closing: (() => Promise<unknown>)[]) {
  const [postgres, temporal] = await Promise.all([startPostgres(project), startTemporal(project)]);
  closing.push(
    () => endProcess(temporal.pid, 'SIGKILL'),
    () => endProcess(postgres.pid, 'SIGINT'),
  );
  return { databaseUrl: postgres.url, temporalAddress: temporal.address };
}
