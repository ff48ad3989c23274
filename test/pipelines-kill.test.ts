import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledEntry, dataPaths, loadProject, seededRandom, uuidv7, type Project } from '../base/index.ts';
import { startPostgres, type PostgresServer } from '../cli/stack/index.ts';
import { endProcess } from '../cli/stack/processes.ts';
import { approveCandidate, awaitRetrain, readProgress, submitRetrain } from '../pipelines/client.ts';
import { composeDependencies } from '../pipelines/compose/index.ts';
import type { RetrainOutcome } from '../pipelines/messages.ts';
import { retrainRequest } from '../pipelines/requests.ts';
import { taskQueues } from '../pipelines/task-queues.ts';
import { startWorker } from '../pipelines/worker.ts';
import { openDatabase } from '../records/database/index.ts';
import { createChampions, createRegistry } from '../records/registry/index.ts';
import { simulate } from '../simulator/index.ts';
import { testServer, until, type TestServer } from './pipelines-environment.ts';

/** Kills of the worker; 5 unless told. */
const KILLS = Number(process.env['PROBITY_KILL_POINTS'] ?? 5);
/** Every process of these tests carries it in its environment, so that orphans are found. */
const MARK = `probity-kill-test-${uuidv7()}`;

let folder: string;
let server: TestServer;
let postgres: PostgresServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-kill-'));
  await simulate({ customers: 300, seed: 5, months: 36, outDir: join(folder, 'data'), truth: null });
  [server, postgres] = await Promise.all([
    testServer(),
    startPostgres({ dataDir: join(folder, 'db'), tenant: 'calm' as Project['tenant'] }),
  ]);
}, 180_000);

afterAll(async () => {
  await server.stop();
  await endProcess(postgres.pid, 'SIGINT');
  await rm(folder, { recursive: true, force: true });
});

/** A project of its own over the same data. */
async function projectOf(tenant: string): Promise<Project> {
  const root = join(folder, tenant);
  await mkdir(root);
  const text = [
    `tenant: ${tenant}`,
    'portfolio: demo',
    'specs: [../data/portfolio.yaml]',
    'training: { seed: 3, observationMonths: 6, embargoDays: 0 }',
  ];
  await writeFile(join(root, 'probity.yaml'), `${text.join('\n')}\n`);
  return loadProject(root, {});
}

/** Asks for a model, approves it whatever its gates say, and answers how it ended. */
async function retrained(project: Project): Promise<RetrainOutcome> {
  const { client } = server.client;
  const request = retrainRequest(project, 'dora', { heartbeatTimeoutMs: 3000 });
  const { workflowId } = await submitRetrain(client, request);
  const tolerant = async <T>(call: () => Promise<T>): Promise<T> =>
    until(() => call().catch((error: unknown) => (isTransient(error) ? null : Promise.reject(error))), 500_000);
  await tolerant(() => awaitRetrain(client, workflowId, { requestId: request.requestId, untilCandidate: true }));
  return tolerant(() => approveCandidate(client, { workflowId, actor: 'victor', reason: 'a test of the machinery' }));
}

/** A query or an update times out while no worker lives. */
function isTransient(error: unknown): boolean {
  return !(error instanceof Error && 'code' in error && error.code === 'WORKFLOW_FAILED');
}

async function startWorkerProcess(project: Project): Promise<ChildProcess> {
  const child = spawn(process.execPath, [compiledEntry('cli/main.ts'), 'worker', '--project', project.root], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PROBITY_TEST_MARK: MARK,
      PROBITY_DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: server.address,
    },
  });
  let log = '';
  child.stderr?.on('data', (text: Buffer) => (log = (log + text.toString()).slice(-3000)));
  const serving = once(child.stdout as NodeJS.ReadableStream, 'data');
  await Promise.race([
    serving,
    once(child, 'exit').then(() => Promise.reject(new Error(`the worker did not start: ${log}`))),
  ]);
  return child;
}

/** Processes that carry the mark; Linux shows them under /proc, elsewhere none are seen. */
async function markedProcesses(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(MARK)) found.push((await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' '));
  }
  return found;
}

describe('a worker that dies', () => {
  let calm: RetrainOutcome;

  it('is not needed for this: an undisturbed run promotes, and training leaves the event loop free', async () => {
    const project = await projectOf('calm');
    const services = { databaseUrl: postgres.url, temporalAddress: server.address };
    const composition = await composeDependencies(project, services);
    const worker = await startWorker({
      address: server.address,
      namespace: 'default',
      queues: taskQueues(project),
      dependencies: composition.dependencies,
    });
    const delay = monitorEventLoopDelay({ resolution: 10 });
    let trainingBegan = 0;
    let trainingMs = 0;
    const watch = setInterval(() => {
      const look = async () => {
        const progress = await readProgress(server.client.client, `calm/retrain/demo/*/12m`);
        if (progress.step === 'train' && trainingBegan === 0) {
          trainingBegan = performance.now();
          delay.enable();
        } else if (progress.step !== 'train' && trainingBegan > 0 && trainingMs === 0) {
          delay.disable();
          trainingMs = performance.now() - trainingBegan;
        }
      };
      look().catch(() => {});
    }, 100);
    try {
      calm = await retrained(project);
    } finally {
      clearInterval(watch);
      await worker.stop();
      await composition.close();
    }
    expect(calm.status).toBe('promoted');
    expect(trainingMs).toBeGreaterThan(0);
    expect(delay.max / 1e6).toBeLessThan(Math.max(400, trainingMs / 2));
  }, 240_000);

  it(`${KILLS} times, at any point, ends in the same model, with one candidate and nothing left over`, async () => {
    const project = await projectOf('killed');
    const random = seededRandom(20_261_122);
    const done = retrained(project);
    const ended = new AbortController();
    done.catch(() => {}).finally(() => ended.abort());
    let worker = await startWorkerProcess(project);
    let kills = 0;
    while (kills < KILLS && !ended.signal.aborted) {
      await Promise.race([sleep(200 + 5000 * random.uniform()), done.catch(() => {})]);
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      kills += 1;
      worker = await startWorkerProcess(project);
    }
    const outcome = await done;
    worker.kill('SIGTERM');
    await once(worker, 'exit');

    expect(outcome).toMatchObject({ status: 'promoted', modelHash: calm.modelHash });
    const database = await openDatabase(postgres.url);
    try {
      expect(await createRegistry(database, project.tenant).candidates()).toHaveLength(1);
      expect(await createChampions(database, project.tenant).standing()).toHaveLength(1);
    } finally {
      await database.close();
    }
    const paths = dataPaths(project);
    expect((await readdir(join(paths.runs, outcome.requestId))).sort()).toEqual([
      'model',
      'proof',
      'snapshot',
      'sources',
      'training-set',
      'validation',
    ]);
    const all = await readdir(project.dataDir, { recursive: true });
    expect(all.filter((name) => /\.tmp|tmp-|\.unfinished|checkpoints/.test(name))).toEqual([]);
    expect(await until(async () => ((await markedProcesses()).length === 0 ? [] : null), 15_000)).toEqual([]);
    process.stderr.write(`killed the worker ${kills} times\n`);
  }, 600_000);
});
