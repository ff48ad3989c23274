import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, instant, literal, sha256File, type Project } from '../base/index.ts';
import { startPostgres, type PostgresServer } from '../cli/stack/index.ts';
import { endProcess } from '../cli/stack/processes.ts';
import { snapshotHash, type SnapshotContent } from '../features/snapshots/index.ts';
import { artefactOf } from '../models/artefact/arbitrary.ts';
import { saveArtefact } from '../models/artefact/index.ts';
import { rescorePortfolio } from '../pipelines/client.ts';
import { projectSlot, rescoreRequest } from '../pipelines/requests.ts';
import { migrate, openDatabase } from '../records/database/index.ts';
import { createChampions, createRegistry, createSnapshots } from '../records/registry/index.ts';
import { openStorage, storageRef } from '../records/storage/index.ts';
import { testServer, until, type TestServer } from './pipelines-environment.ts';
import { endWorker, projectOver, startWorkerProcess, unfinished } from './pipelines-processes.ts';

const CUSTOMERS = 5000;
const BUCKETS = 60;

let folder: string;
let project: Project;
let server: TestServer;
let postgres: PostgresServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-rescore-'));
  project = await projectOver(folder, 'book');
  [server, postgres] = await Promise.all([
    testServer(),
    startPostgres({ dataDir: join(folder, 'db'), tenant: project.tenant }),
  ]);
  await server.shareKeys(project);
  const database = await openDatabase(postgres.url);
  try {
    await migrate(database);
    const registry = createRegistry(database, project.tenant);
    const modelHash = await storedModel();
    const { candidateId } = await registry.registerCandidate({
      runId: 'run',
      slot: projectSlot(project),
      modelHash,
      name: 'x alone',
      artefactRef: storageRef(project.tenant, 'artefacts', modelHash),
      trainingSetHash: 'none',
      featureViews: {},
      golden: { proven: true },
      submitter: 'dora',
    });
    await registry.recordValidation(candidateId, {}, true);
    await registry.decide(candidateId, { kind: 'approve', actor: 'victor', reason: null });
    await createChampions(database, project.tenant).promote(candidateId, 'victor');
    const snapshotId = await storedSnapshot();
    await createSnapshots(database, project.tenant).announce({
      snapshotId,
      ref: storageRef(project.tenant, 'snapshots', snapshotId),
      asOf: instant('2026-05-01T00:00:00.000Z'),
      factsThrough: 0,
      featureViews: {},
    });
  } finally {
    await database.close();
  }
}, 180_000);

afterAll(async () => {
  await server.stop();
  await endProcess(postgres.pid, 'SIGINT');
  await rm(folder, { recursive: true, force: true });
});

/** A model of one feature, in the project's storage. */
async function storedModel(): Promise<string> {
  const draft = join(folder, 'artefact');
  await mkdir(draft);
  const term = {
    name: 'x',
    type: 'number' as const,
    encoding: { kind: 'number' as const, codes: [], edges: [0.5] },
    shape: [0, -1, 1],
    support: [1, 1, 1],
    band: null,
    monotone: null,
    range: null,
    label: null,
  };
  const modelHash = await saveArtefact(artefactOf({ intercept: -3, terms: [term], pairs: [] }), draft);
  await openStorage(project).publish(project.tenant, 'artefacts', modelHash, draft);
  return modelHash;
}

/** A snapshot of a feature table without raw facts, in the project's storage. */
async function storedSnapshot(): Promise<string> {
  const draft = join(folder, 'snapshot');
  await mkdir(draft);
  const file = join(draft, 'features.parquet');
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT 'c' || i AS party_id, TIMESTAMP '2026-05-01' AS as_of, (i % 100) / 100e0 AS x FROM range(${CUSTOMERS}) t(i)) TO ${literal(file)} (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  const features = { path: 'features.parquet', sha256: await sha256File(file), bytes: 1, rows: CUSTOMERS };
  const content = {
    format: 'probity.snapshot/1',
    tenant: project.tenant,
    asOf: instant('2026-05-01T00:00:00.000Z'),
    factsThrough: 0,
    buckets: 1,
    parties: CUSTOMERS,
    tables: {},
    features,
    statistics: {},
    views: [],
    sources: [],
  } satisfies SnapshotContent;
  const hash = snapshotHash(content);
  await writeFile(join(draft, 'manifest.json'), JSON.stringify({ hash, builtAt: content.asOf, content }));
  const { snapshots } = dataPaths(project);
  await mkdir(snapshots, { recursive: true });
  await rename(draft, join(snapshots, hash));
  return hash;
}

describe('a worker killed in the middle of a rescoring', () => {
  it('leaves its finished buckets as they are: only the others are scored after it', async () => {
    const env = { PROBITY_DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: server.address };
    const request = { ...rescoreRequest(project, { partitions: BUCKETS, concurrency: 1 }), heartbeatTimeoutMs: 3000 };
    const scores = join(dataPaths(project).scores, request.requestId ?? '');
    /** The files of finished buckets, when they were written. */
    const finished = async (): Promise<ReadonlyMap<string, number>> => {
      const stamps = (await readdir(scores).catch(() => [])).filter((name) => /^bucket-\d+\.json$/.test(name));
      const files = stamps.flatMap((stamp) => [stamp, stamp.replace('.json', '.parquet')]);
      return new Map(
        await Promise.all(files.map(async (name) => [name, (await stat(join(scores, name))).mtimeMs] as const)),
      );
    };
    const first = await startWorkerProcess(project, env, 'training');
    const done = rescorePortfolio(server.client.client, request);
    done.catch(() => {});
    await until(async () => ((await finished()).size >= 10 ? true : null), 60_000);
    await endWorker(first, 'SIGKILL');
    const before = await finished();
    const second = await startWorkerProcess(project, env, 'training');
    const outcome = await done;
    await endWorker(second, 'SIGTERM');

    expect(before.size).toBeLessThan(2 * BUCKETS);
    const after = await finished();
    for (const [name, at] of before) expect(after.get(name), name).toBe(at);
    expect(after.size).toBe(2 * BUCKETS);
    expect(outcome).toMatchObject({ partitions: BUCKETS, rows: CUSTOMERS });
    const manifest = JSON.parse(await readFile(join(scores, 'manifest.json'), 'utf8')) as { files: unknown[] };
    expect(manifest.files).toHaveLength(BUCKETS);
    expect(await unfinished(scores)).toEqual([]);
  }, 240_000);
});
