import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compiledEntry, loadProject, NODE_FLAGS, packageRoot, type Project } from '../../base/index.ts';
import { startPostgres } from '../../cli/stack/postgres.ts';
import { endProcess } from '../../cli/stack/processes.ts';
import { loadArtefact } from '../../models/artefact/index.ts';
import { migrate, openDatabase, type Database } from '../../records/database/index.ts';
import { createKeys } from '../../records/keys/index.ts';
import { createChampions, createRegistry } from '../../records/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import type { BenchPortfolio } from './portfolio.ts';
import { startProgram } from './processes.ts';

const run = promisify(execFile);

/** A server under load: where, whose CPU counts, and how to end it. */
export interface System {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that read the server's metrics; none where it has none. */
  readonly watch: Readonly<Record<string, string>>;
  /** The server's process, and PostgreSQL's where it has one. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** Probity as `probity serve` runs it, on a PostgreSQL of its own, with a model trained on the portfolio as champion. */
export async function startProbity(folder: string, portfolio: BenchPortfolio): Promise<System> {
  const root = join(folder, 'project');
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'probity.yaml'), 'portfolio: bench\nserving: { requestsPerMinute: 100000000 }\n');
  const model = join(folder, 'model');
  await run(process.execPath, [
    compiledEntry('cli/main.ts'),
    'train',
    portfolio.spec,
    '--train',
    portfolio.trainCsv,
    '--out',
    model,
  ]);
  const project = await loadProject(root);
  return serveProject(project, (database) => promote(project, database, model));
}

/** A project that is there already, such as the demo's, with its own champion and snapshot. */
export async function startProject(root: string): Promise<System> {
  return serveProject(await loadProject(root), async () => {});
}

async function serveProject(project: Project, prepare: (database: Database) => Promise<void>): Promise<System> {
  const postgres = await startPostgres(project);
  const database = await openDatabase(postgres.url);
  await migrate(database);
  await prepare(database);
  const keys = createKeys(database, project.tenant);
  const keyFor = async (role: 'applicant-system' | 'viewer'): Promise<string> =>
    (await keys.create({ name: `bench ${role}`, roles: [role], days: 1, actor: 'bench' })).written;
  const [rates, watches] = [await keyFor('applicant-system'), await keyFor('viewer')];
  await database.close();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startProgram(
    process.execPath,
    [
      ...NODE_FLAGS,
      compiledEntry('cli/main.ts'),
      'serve',
      '--project',
      project.root,
      '--port',
      String(port),
      '--log-level',
      'info',
    ],
    { env: { PROBITY_DATABASE_URL: postgres.url }, answers: async () => (await fetch(`${url}/readyz`)).ok },
  );
  return {
    url: `${url}/v1/ratings`,
    headers: { authorization: `Bearer ${rates}`, 'content-type': 'application/json' },
    watch: { authorization: `Bearer ${watches}` },
    pids: [server.pid, postgres.pid],
    async stop() {
      await server.stop();
      await endProcess(postgres.pid, 'SIGINT');
    },
  };
}

async function promote(project: Project, database: Database, model: string): Promise<void> {
  const { artefact, hash } = await loadArtefact(model);
  const storage = openStorage(project);
  const artefactRef = await storage.publish(project.tenant, 'artefacts', hash, model);
  const registry = createRegistry(database, project.tenant);
  const { candidateId } = await registry.registerCandidate({
    runId: hash.slice(0, 12),
    slot: { portfolio: project.portfolio, segment: null, horizonMonths: 12 },
    modelHash: hash,
    name: artefact.name,
    artefactRef,
    trainingSetHash: artefact.provenance.trainingSetHash,
    featureViews: {},
    golden: { proven: true },
    submitter: 'bench',
  });
  await registry.recordValidation(candidateId, { passed: true }, true);
  await registry.decide(candidateId, { kind: 'approve', actor: 'other', reason: null });
  await createChampions(database, project.tenant).promote(candidateId, 'other');
}

/** A bare Express echo. */
export async function startEcho(): Promise<System> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const server = await startProgram(process.execPath, [compiledEntry('bench/serving/echo.ts'), String(port)], {
    cwd: packageRoot(),
    answers: async () => (await fetch(url)).ok,
  });
  const headers = { 'content-type': 'application/json' };
  return { url, headers, watch: {}, pids: [server.pid], stop: () => server.stop() };
}

/** The peer: FastAPI, LightGBM and SHAP in two processes, without records. */
export async function startPeer(python: string, script: string, portfolio: BenchPortfolio): Promise<System> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/score`;
  const body = JSON.stringify(portfolio.rows[0]);
  const headers = { 'content-type': 'application/json' };
  const args = [script, portfolio.trainCsv, portfolio.spec, '--port', String(port), '--workers', '2'];
  const server = await startProgram(python, args, {
    cwd: join(script, '..'),
    answers: async () => (await fetch(url, { method: 'POST', headers, body })).ok,
  });
  return { url, headers, watch: {}, pids: [server.pid], stop: () => server.stop() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === 'object' && address !== null ? address.port : 0;
}
