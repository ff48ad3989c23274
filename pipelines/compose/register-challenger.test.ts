import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom, silent, type Json, type Tenant } from '../../base/index.ts';
import { buildArtefact, loadArtefact, saveArtefact } from '../../models/artefact/index.ts';
import { makeDataset, saveDataset, type Dataset } from '../../models/dataset/index.ts';
import { loadAnyArtefact } from '../../models/deep/index.ts';
import { trainGlassBox } from '../../models/training/index.ts';
import type { Candidate, NewCandidate } from '../../records/registry/index.ts';
import { folderStorage } from '../../records/storage/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import { compareRegistered } from './compare-registered.ts';
import { registerChallenger, type ChallengeParts } from './register-challenger.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-challenge-test-'));
const tenant = 'test' as Tenant;
const slot = { portfolio: 'shop', segment: null, horizonMonths: 12 };
const storage = folderStorage(join(folder, 'data'));

function rows(seed: string, year: number): Dataset {
  const random = seededRandom(seed);
  const count = 500;
  const [x, y] = [0, 1].map(() => Float64Array.from({ length: count }, () => random.normal()));
  const number = (name: string) => ({ name, type: 'number', codes: [], monotone: null, label: null }) as const;
  return makeDataset({
    rows: count,
    columns: [
      { kind: 'number', name: 'x', values: x! },
      { kind: 'number', name: 'y', values: y! },
    ],
    features: [number('x'), number('y')],
    bad: Uint8Array.from(x!, (value, i) => (random.uniform() < 1 / (1 + Math.exp(1 - value - y![i]!)) ? 1 : 0)),
    weight: null,
    group: null,
    time: new Float64Array(count).fill(Date.UTC(year, 0, 1)),
    ids: Array.from({ length: count }, (_, i) => String(i)),
  });
}

/** A registry in memory that holds one glass box, and takes others. */
function registryOf(glassBox: string) {
  const taken: NewCandidate[] = [];
  const reports: { readonly report: Json; readonly passed: boolean }[] = [];
  const all = (): Candidate[] =>
    [
      ...taken.map(({ runId, modelHash, use }) => ({ candidateId: 'c-deep', runId, modelHash, use, state: 'waiting' })),
      { candidateId: 'c-glass', runId: 'run-1', modelHash: glassBox, use: 'decisions', state: 'waiting' },
    ] as never;
  const registry: ChallengeParts['registry'] = {
    candidates: async () => all(),
    candidate: async (id) => all().find(({ candidateId }) => candidateId === id)!,
    model: async (hash) => ({ artefactRef: `${tenant}/artefacts/${hash}` }) as never,
    registerCandidate: async (given) => {
      taken.push(given);
      return all()[0]!;
    },
    recordValidation: async (_, report, passed) => void reports.push({ report, passed }),
  };
  return { registry, taken, reports };
}

let glassBox: string;

beforeAll(async () => {
  const [train, test] = [rows('train', 2024), rows('test', 2025)];
  const fitted = await trainGlassBox(train, { seed: 1, folds: 2, maxRounds: 30, pairs: 0, refit: false });
  const artefact = buildArtefact(fitted, {
    name: 'shop-12m',
    target: { kind: 'default', definition: 'test', horizonMonths: 12 },
    provenance: {
      seed: 1,
      trainingSetHash: train.hash,
      specHash: 'a'.repeat(64),
      featureViews: { behaviour: 'v1' },
      rows: train.rows,
      bads: 1,
      period: ['2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z'],
      trainer: { version: '0.0.0', options: {} },
    },
    protected: [],
    warnings: [],
  });
  glassBox = await saveArtefact(artefact, join(folder, 'glass'));
  await storage.publish(tenant, 'artefacts', glassBox, join(folder, 'glass'));
  const path = join(folder, 'run-1');
  mkdirSync(path);
  await saveDataset(train, join(path, TRAINING_SET.train));
  await saveDataset(test, join(path, TRAINING_SET.test));
  const summary = { trainHash: train.hash, testHash: test.hash };
  const stored = { summary, report: { featureViews: { behaviour: 'v1' } } };
  writeFileSync(join(path, TRAINING_SET.report), JSON.stringify(stored));
  await storage.publish(tenant, 'runs', 'run-1/training-set', path);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = { seed: 1, folds: 2, members: 2, width: 8, maxEpochs: 3 };

it('a deep challenger is trained on the newest training set, validated, stored and registered as challenger-only', async () => {
  const { registry, taken, reports } = registryOf(glassBox);
  const champions = { standing: async () => [{ slot, modelHash: glassBox } as never] };
  const parts = { tenant, registry, champions, storage, grades: null };
  const candidate = await registerChallenger(parts, { slot, options, submitter: 'dana', onProgress: silent });
  expect(taken).toMatchObject([
    { use: 'challenger-only', submitter: 'dana', name: 'shop-12m', golden: { proven: true } },
  ]);
  expect(reports).toHaveLength(1);
  expect(reports[0]!.report).toMatchObject({ comparison: { champion: { modelHash: glassBox } } });

  const stored = await storage.materialise(`${tenant}/artefacts/${candidate.modelHash}`);
  const { artefact } = await loadAnyArtefact(stored, { expectedHash: candidate.modelHash });
  expect(artefact.provenance).toMatchObject({ featureViews: { behaviour: 'v1' }, rows: 500 });
  // Serving, batch scoring and the retraining read champions this way.
  await expect(loadArtefact(stored)).rejects.toMatchObject({ code: 'GLASS_BOX_ONLY' });

  const comparison = await compareRegistered({ tenant, registry, storage }, slot, candidate.modelHash, glassBox);
  expect(comparison).toMatchObject({ runId: 'run-1', mayHaveSeen: [], whereItWins: { rows: 500 } });
  const itself = await compareRegistered({ tenant, registry, storage }, slot, glassBox, glassBox);
  expect(itself.whereItWins).toBeNull();
});

it('without a training set of the slot there is no challenger', async () => {
  const { registry } = registryOf(glassBox);
  const parts = {
    tenant,
    registry: { ...registry, candidates: async () => [] },
    champions: { standing: async () => [] },
  };
  const asked = registerChallenger(
    { ...parts, storage, grades: null },
    { slot, options, submitter: 'dana', onProgress: silent },
  );
  await expect(asked).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
});
