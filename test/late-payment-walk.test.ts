import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProject, systemClock, type Project } from '../base/index.ts';
import { loadViews } from '../features/views/index.ts';
import { loadArtefact } from '../models/artefact/index.ts';
import { slotKey, type Slot } from '../models/registry/index.ts';
import { createActivities } from '../pipelines/activities/index.ts';
import { composeDependencies, type Composition } from '../pipelines/compose/index.ts';
import { projectSlot, retrainRequest } from '../pipelines/requests.ts';
import { createChampions, createRegistry } from '../records/registry/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { simulate } from '../simulator/index.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

let folder: string;
let postgres: TestDatabase;
let project: Project;
let composition: Composition;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-late-walk-'));
  const root = join(folder, 'project');
  await mkdir(root);
  // A model of few features is trained in seconds.
  const views = await loadViews();
  const kept = views.find(({ name }) => name === 'payment_discipline')?.features.slice(0, 8) ?? [];
  const all = views.flatMap(({ features }) => features.map(({ name }) => name));
  const exclude = all.filter((name) => !kept.some((each) => each.name === name));
  const yaml = [
    'tenant: late',
    'portfolio: shop',
    'specs: [../data/portfolio.yaml]',
    'latePayment: { days: 30, horizonMonths: 6 }',
    `training: { seed: 3, observationMonths: 9, embargoDays: 0, exclude: [${exclude.join(', ')}] }`,
  ];
  await writeFile(join(root, 'probity.yaml'), `${yaml.join('\n')}\n`);
  [postgres, project] = await Promise.all([
    startTestDatabase(),
    loadProject(root, {}),
    simulate({ customers: 120, seed: 5, months: 30, outDir: join(folder, 'data'), truth: null }),
  ]);
  // No server of workflows: these activities are called in the order in which the workflow does.
  composition = await composeDependencies(project, { databaseUrl: postgres.url, temporalAddress: '127.0.0.1:9' });
}, 180_000);

afterAll(async () => {
  await composition?.close();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Walks the steps of a retraining (pipelines/workflows/retrain.ts) and approves the candidate. */
async function walked(): Promise<{ slot: Slot; candidateId: string; modelHash: string }> {
  const { features, training } = createActivities(composition.dependencies);
  const run = <T>(activity: (request: never) => Promise<T>, request: object): Promise<T> =>
    new MockActivityEnvironment().run(activity as (request: object) => Promise<T>, request);
  const { requestId, slot, seed, submitter } = retrainRequest(project, 'dora', {}, 'late-payment');
  const at = systemClock.now();
  await run(features.pullSources, { requestId, now: at });
  const set = await run(features.buildTrainingSet, { requestId, now: at, slot, seed });
  const { modelHash } = await run(training.trainModel, { requestId, slot, seed, trainHash: set.trainHash });
  const champion = await run(training.championAt, { slot, instant: at });
  expect(champion).toBeNull();
  const checked = { requestId, slot, modelHash, testHash: set.testHash, champion };
  const validation = await run(training.validateModel, checked);
  expect(await run(training.proveEngines, { requestId, modelHash })).toMatchObject({ modelHash });
  const registered = { requestId, slot, submitter, modelHash, validation };
  const { candidateId } = await run(training.registerCandidate, registered);
  // A step again, as after a lost worker, registers nothing twice.
  expect(await run(training.registerCandidate, registered)).toEqual({ candidateId });
  await run(training.decideCandidate, { candidateId, kind: 'approve', actor: 'victor', reason: 'a test of the path' });
  await run(training.promoteCandidate, { candidateId, slot, actor: 'victor' });
  return { slot, candidateId, modelHash };
}

test(
  'late payment walks from retraining to the registry through the pipeline’s activities: its own name, target, slot and champion; the slot of default stays empty',
  { timeout: 300_000 },
  async () => {
    const late = await walked();
    expect(slotKey(late.slot)).toBe('shop/*/6m/late-30d');
    const registry = createRegistry(postgres.database, project.tenant);
    const champions = createChampions(postgres.database, project.tenant);
    const found = await registry.candidates();
    expect(found.map(({ candidateId, state, slot }) => [candidateId, state, slotKey(slot)])).toEqual([
      [late.candidateId, 'promoted', slotKey(late.slot)],
    ]);
    expect((await registry.model(late.modelHash)).name).toBe('shop-6m-late-30d');
    const standing = await champions.standing();
    expect(standing.map(({ slot, modelHash }) => [slotKey(slot), modelHash])).toEqual([
      [slotKey(late.slot), late.modelHash],
    ]);
    expect(await champions.championAt(projectSlot(project), systemClock.now())).toBeNull();

    const { artefactRef } = await registry.model(late.modelHash);
    const { artefact } = await loadArtefact(await openStorage(project).materialise(artefactRef));
    expect(artefact.target).toEqual({
      kind: 'late-payment',
      definition: 'an undisputed invoice more than 30 days late within 6 months',
      horizonMonths: 6,
    });
    // It is validated as every model is, and graded by no master scale: that one is of default.
    const report = (await registry.validation(late.candidateId)) as { report: { model: string; grades: unknown } };
    expect(report.report).toMatchObject({ model: late.modelHash, grades: null });
  },
);
