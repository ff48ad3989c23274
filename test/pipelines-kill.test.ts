import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, seededRandom, type Project } from '../base/index.ts';
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
import { endWorker, projectOver, startWorkerProcess, unfinished, workerProcesses } from './pipelines-processes.ts';

/** Kills of the worker; 5 unless told. */
const KILLS = Number(process.env['PROBITY_KILL_POINTS'] ?? 5);
const LIMIT_MS = 300_000 + KILLS * 60_000;

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

/** Asks for a model, approves it whatever its gates say, and answers how it ended. */
async function retrained(project: Project): Promise<RetrainOutcome> {
  const { client } = server.client;
  const request = retrainRequest(project, 'dora', { heartbeatTimeoutMs: 3000 });
  const { workflowId } = await submitRetrain(client, request);
  const tolerant = async <T>(call: () => Promise<T>): Promise<T> =>
    until(() => call().catch((error: unknown) => (isTransient(error) ? null : Promise.reject(error))), LIMIT_MS);
  await tolerant(() => awaitRetrain(client, workflowId, { requestId: request.requestId, untilCandidate: true }));
  return tolerant(() => approveCandidate(client, { workflowId, actor: 'victor', reason: 'a test of the machinery' }));
}

/** A query or an update times out while no worker lives. */
function isTransient(error: unknown): boolean {
  return !(error instanceof Error && 'code' in error && error.code === 'WORKFLOW_FAILED');
}

describe('a worker that dies', () => {
  let calm: RetrainOutcome;

  it('is not needed for this: an undisturbed run promotes, and training leaves the event loop free', async () => {
    const project = await projectOver(folder, 'calm');
    await server.shareKeys(project);
    const services = { databaseUrl: postgres.url, temporalAddress: server.address };
    const composition = await composeDependencies(project, services);
    const worker = await startWorker({
      address: server.address,
      namespace: 'default',
      queues: taskQueues(project),
      dependencies: composition.dependencies,
      codec: composition.codec,
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

  it(
    `${KILLS} times, at any point, ends in the same model, with one candidate and nothing left over`,
    async () => {
      const project = await projectOver(folder, 'killed');
      await server.shareKeys(project);
      const random = seededRandom(20_261_122);
      const done = retrained(project);
      const ended = new AbortController();
      done.catch(() => {}).finally(() => ended.abort());
      const env = { PROBITY_DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: server.address };
      let worker = await startWorkerProcess(project, env);
      let kills = 0;
      while (kills < KILLS && !ended.signal.aborted) {
        await Promise.race([sleep(200 + 5000 * random.uniform()), done.catch(() => {})]);
        await endWorker(worker, 'SIGKILL');
        kills += 1;
        worker = await startWorkerProcess(project, env);
      }
      const outcome = await done;
      await endWorker(worker, 'SIGTERM');

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
      expect(await unfinished(project.dataDir)).toEqual([]);
      expect(await until(async () => ((await workerProcesses()).length === 0 ? [] : null), 15_000)).toEqual([]);
      process.stderr.write(`killed the worker ${kills} times\n`);
    },
    LIMIT_MS,
  );
});
