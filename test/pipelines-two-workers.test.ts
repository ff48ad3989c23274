import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, parseProject, type Project } from '../base/index.ts';
import { openSnapshot } from '../features/snapshots/index.ts';
import { loadArtefact } from '../models/artefact/index.ts';
import { approveCandidate, awaitRetrain, refreshFeatures, submitRetrain } from '../pipelines/client.ts';
import { refreshRequest, retrainRequest } from '../pipelines/requests.ts';
import { openDatabase } from '../records/database/index.ts';
import { createChampions, createRegistry, createSnapshots } from '../records/registry/index.ts';
import { s3Storage } from '../records/storage/index.ts';
import { simulate } from '../simulator/index.ts';
import { testServer, type TestServer } from './pipelines-environment.ts';
import { endWorker, projectOver, startWorkerProcess, unfinished, type WorkerProcess } from './pipelines-processes.ts';
import { startTestPostgres, type TestPostgres } from './support/postgres.ts';

let folder: string;
let server: TestServer;
let postgres: TestPostgres;
let bucket: S3rver;
let endpoint: string;
let project: Project;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-two-workers-'));
  bucket = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: 'probity', configs: [] }],
  });
  [server, postgres, { port: endpoint }] = await Promise.all([
    testServer(),
    startTestPostgres(),
    bucket.run().then(({ port }) => ({ port: `http://127.0.0.1:${port}` })),
    simulate({ customers: 250, seed: 5, months: 30, outDir: join(folder, 'data'), truth: null }),
  ]);
  project = await projectOver(folder, 'two');
  for (const queue of ['training', 'features']) {
    await server.shareKeys({ dataDir: join(folder, queue), tenant: project.tenant });
    workers.push(await startWorkerProcess(project, machine(queue), queue));
  }
}, 180_000);

afterAll(async () => {
  for (const worker of workers) await endWorker(worker, 'SIGTERM');
  await server?.stop();
  await postgres?.stop();
  await bucket?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the environment of a worker on a machine of its own says: it shares servers and bucket with the others, and no folder. */
function machine(name: string): NodeJS.ProcessEnv {
  return {
    PROBITY_DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: server.address,
    PROBITY_DATA_DIR: join(folder, name),
    PROBITY_S3_BUCKET: 'probity',
    PROBITY_S3_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
  };
}

describe('two worker processes that share no folder', () => {
  it('take a retraining from the sources to a promoted champion, and a refresh of unchanged data finds its snapshot', async () => {
    const { client } = server.client;
    const request = retrainRequest(project, 'dora');
    const { workflowId } = await submitRetrain(client, request);
    await awaitRetrain(client, workflowId, { requestId: request.requestId, untilCandidate: true });
    const approval = { workflowId, actor: 'victor', reason: 'a test of the machinery' };
    const outcome = await approveCandidate(client, approval);
    expect(outcome).toMatchObject({ status: 'promoted' });

    const storage = s3Storage({
      bucket: 'probity',
      endpoint,
      region: 'us-east-1',
      cache: join(folder, 'third-machine'),
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    });
    const database = await openDatabase(postgres.url);
    try {
      const reign = (await createChampions(database, project.tenant).standing())[0];
      expect(reign?.modelHash).toBe(outcome.modelHash);
      const { artefactRef } = await createRegistry(database, project.tenant).model(outcome.modelHash ?? '');
      const { artefact, hash } = await loadArtefact(await storage.materialise(artefactRef));
      expect(hash).toBe(outcome.modelHash);
      const snapshot = await createSnapshots(database, project.tenant).newest();
      expect(snapshot?.snapshotId).toBe(outcome.snapshotId);
      const reader = await openSnapshot(await storage.materialise(snapshot?.ref ?? ''));
      expect((await reader.viewsFor(artefact.provenance.featureViews)).length).toBeGreaterThan(0);
      await reader.close();
    } finally {
      await database.close();
      storage.close();
    }

    const refreshed = await refreshFeatures(client, refreshRequest(project));
    expect(refreshed.snapshotId).toBe(outcome.snapshotId);
  }, 240_000);

  it('divide the work: one alone holds the warehouse, the other alone trains, and neither logs a warning', async () => {
    const [training, features] = ['training', 'features'].map((name) =>
      dataPaths({ tenant: project.tenant, dataDir: join(folder, name) }),
    );
    expect(existsSync(features?.warehouse ?? '')).toBe(true);
    expect(existsSync(training?.warehouse ?? '')).toBe(false);
    for (const worker of workers) expect(worker.log()).not.toMatch(/WARN|ERROR/);
    for (const name of ['training', 'features']) expect(await unfinished(join(folder, name))).toEqual([]);
  });

  it('are configured by their environment alone', () => {
    const configured = parseProject('tenant: two\nportfolio: demo\n', project.root, machine('features'));
    expect(configured.storage).toMatchObject({ kind: 's3', bucket: 'probity', endpoint });
  });
});
