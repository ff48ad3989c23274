import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom, type Tenant } from '../../base/index.ts';
import { artefactHash, buildArtefact, saveArtefact, type Artefact } from '../../models/artefact/index.ts';
import { makeDataset, saveDataset, type Dataset } from '../../models/dataset/index.ts';
import { trainGlassBox } from '../../models/training/index.ts';
import { folderStorage } from '../../records/storage/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import { compareRegistered } from './compare-registered.ts';
import { runValidation } from './validate.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-compare-'));
const tenant = 'test' as Tenant;
const slot = { portfolio: 'shop', segment: null, horizonMonths: 12 };
const storage = folderStorage(join(folder, 'data'));
const YEAR = Date.UTC(2025, 0, 1);

/** Rows in which `x` drives the default and `noise` does not. */
function rows(seed: string, year: number): Dataset {
  const random = seededRandom(seed);
  const count = 600;
  const x = Float64Array.from({ length: count }, () => random.normal());
  const noise = Float64Array.from({ length: count }, () => random.normal());
  const number = (name: string) => ({ name, type: 'number', codes: [], monotone: null, label: null }) as const;
  return makeDataset({
    rows: count,
    columns: [
      { kind: 'number', name: 'x', values: x },
      { kind: 'number', name: 'noise', values: noise },
    ],
    features: [number('x'), number('noise')],
    bad: Uint8Array.from(x, (value) => (random.uniform() < 1 / (1 + Math.exp(1 - 2 * value)) ? 1 : 0)),
    weight: null,
    group: Int32Array.from({ length: count }, (_, i) => i),
    time: new Float64Array(count).fill(year),
    ids: Array.from({ length: count }, (_, i) => String(i)),
  });
}

async function trained(train: Dataset, feature: 'x' | 'noise', view: string, period: string): Promise<Artefact> {
  const { hash: _, ...parts } = train;
  const own = makeDataset({
    ...parts,
    columns: train.columns.filter(({ name }) => name === feature),
    features: train.features.filter(({ name }) => name === feature),
  });
  const fitted = await trainGlassBox(own, { seed: 1, folds: 3, maxRounds: 30, pairs: 0 });
  const artefact = buildArtefact(fitted, {
    name: 'shop-12m',
    target: { kind: 'default', definition: 'test', horizonMonths: 12 },
    provenance: {
      seed: 1,
      trainingSetHash: train.hash,
      specHash: 'a'.repeat(64),
      featureViews: { behaviour: view },
      rows: train.rows,
      bads: train.bad.reduce((sum, each) => sum + each, 0),
      period: [period, period],
      trainer: { version: '0.0.0', options: { ...fitted.options } },
    },
    protected: [],
    warnings: [],
  });
  const path = join(folder, artefactHash(artefact));
  await saveArtefact(artefact, path);
  await storage.publish(tenant, 'artefacts', artefactHash(artefact), path);
  return artefact;
}

async function run(runId: string, train: Dataset, test: Dataset, view: string): Promise<void> {
  const path = join(folder, runId);
  mkdirSync(path);
  await saveDataset(train, join(path, TRAINING_SET.train));
  await saveDataset(test, join(path, TRAINING_SET.test));
  const stored = {
    summary: { trainHash: train.hash, testHash: test.hash },
    report: { featureViews: { behaviour: view } },
  };
  writeFileSync(join(path, TRAINING_SET.report), JSON.stringify(stored));
  await storage.publish(tenant, 'runs', `${runId}/training-set`, path);
}

/** A registry whose slot has these runs, newest first. */
function registry(...runs: readonly string[]) {
  return {
    candidates: async () => runs.map((runId) => ({ runId }) as never),
    model: async (hash: string) => ({ artefactRef: `${tenant}/artefacts/${hash}` }) as never,
  };
}

const [early, late] = ['v1', 'v2'];
let newer: string;
let older: string;
let seen: string;
let test: Dataset;

beforeAll(async () => {
  const train = rows('train', YEAR);
  test = rows('test', YEAR + 86_400_000);
  newer = artefactHash(await trained(train, 'x', late, '2025-01-01T00:00:00Z'));
  older = artefactHash(await trained(rows('before', YEAR), 'noise', late, '2024-01-01T00:00:00Z'));
  seen = artefactHash(await trained(rows('beside', YEAR), 'noise', late, '2025-06-01T00:00:00Z'));
  await run('r1', train, rows('older-test', YEAR), late);
  await run('r2', train, test, late);
  await run('r3', train, rows('other-views', YEAR), early);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads the newest run that is stored and was made by the views of both', async () => {
  const found = await compareRegistered(
    { tenant, storage, registry: registry('gone', 'r3', 'r2', 'r1') },
    slot,
    newer,
    older,
  );
  expect(found).toMatchObject({ runId: 'r2', testSetHash: test.hash, verdict: 'first', mayHaveSeen: [] });
  expect([found.first.model, found.second.model]).toEqual([newer, older]);
  const dear = { gain: 0.05, lossGivenDefault: 0.9 };
  const parts = { tenant, storage, registry: registry('r2') };
  expect((await compareRegistered(parts, slot, newer, older, dear)).profit).toMatchObject({ model: dear });
});

it('names a model that was trained on rows as late as these', async () => {
  const found = await compareRegistered({ tenant, storage, registry: registry('r2') }, slot, newer, seen);
  expect(found.mayHaveSeen).toEqual([seen]);
});

it('refuses where no stored rows hold the features of both', async () => {
  const found = compareRegistered({ tenant, storage, registry: registry('r3') }, slot, newer, older);
  await expect(found).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
});

it('a validation tells that the champion was trained with other versions of views', async () => {
  const job = { kind: 'validate', grades: null, artefact: join(folder, newer), champion: join(folder, older) } as const;
  const same = await runValidation({ ...job, trainingSet: join(folder, 'r2'), folder: join(folder, 'same') });
  expect(same.comparison).toMatchObject({ champion: { modelHash: older }, note: null });
  expect(same.comparison.paired).toMatchObject({ first: { model: newer }, second: { model: older }, verdict: 'first' });
  const changed = await runValidation({ ...job, trainingSet: join(folder, 'r3'), folder: join(folder, 'changed') });
  expect(changed.comparison.champion).not.toBeNull();
  expect(changed.comparison.note).toContain('behaviour');
});
