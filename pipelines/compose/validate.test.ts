import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { buildArtefact, saveArtefact } from '../../models/artefact/index.ts';
import { makeDataset, saveDataset } from '../../models/dataset/index.ts';
import { trainGlassBox } from '../../models/training/index.ts';
import type { ValidationReport } from '../../models/validation/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import type { StoredValidation } from './stored-validation.ts';
import { runValidation } from './validate.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-validation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rows(count: number, seed: string, year: number) {
  const random = seededRandom(seed);
  const x = Float64Array.from({ length: count }, () => random.normal());
  return makeDataset({
    rows: count,
    columns: [
      { kind: 'number', name: 'x', values: x },
      { kind: 'category', name: 'segment', levels: ['retail', 'trade'], codes: Int32Array.from(x, (_, i) => i % 2) },
    ],
    features: [
      { name: 'x', type: 'number', codes: [], monotone: 'increasing', label: null },
      { name: 'segment', type: 'category', codes: [], monotone: null, label: null },
    ],
    bad: Uint8Array.from(x, (value) => (random.uniform() < 1 / (1 + Math.exp(1.5 - 1.2 * value)) ? 1 : 0)),
    weight: null,
    group: null,
    time: Float64Array.from(x, (_, i) => Date.UTC(year, i % 12, 1)),
    ids: Array.from({ length: count }, (_, i) => `${seed}${i}/${year}-01-01`),
  });
}

test('a candidate is validated with grades, segments, groups and a logistic regression; all of it is stored', async () => {
  const [train, later] = [rows(900, 'a', 2023), rows(700, 'b', 2024)];
  const fitted = await trainGlassBox(train, { seed: 1, folds: 3, maxRounds: 40, pairs: 0 });
  const artefact = buildArtefact(fitted, {
    name: 'm',
    target: { kind: 'default', definition: 'd', horizonMonths: 12 },
    provenance: {
      seed: 1,
      trainingSetHash: train.hash,
      specHash: '0'.repeat(64),
      featureViews: {},
      rows: train.rows,
      bads: train.bad.reduce((sum, each) => sum + each, 0),
      period: ['2023-01-01T00:00:00.000Z', '2023-12-01T00:00:00.000Z'],
      trainer: { version: '0', options: {} },
    },
    protected: [],
    warnings: [],
  });
  const job = {
    trainingSet: folder,
    artefact: join(folder, 'artefact'),
    champion: null,
    folder,
    kind: 'validate',
  } as const;
  await saveArtefact(artefact, job.artefact);
  await saveDataset(train, join(folder, TRAINING_SET.train));
  await saveDataset(later, join(folder, TRAINING_SET.test));
  const grades = [0.1, 0.3, 1].map((pdBelow, i) => ({ code: String(i), pdBelow }));
  const before = await runValidation({ ...job, grades: null });
  expect(before.gates.map(({ gate }) => gate)).toContain('discrimination');

  const gender = {
    kind: 'category',
    name: 'gender',
    levels: ['f', 'm'],
    codes: Array.from({ length: 700 }, (_, i) => i % 2),
  };
  writeFileSync(join(folder, TRAINING_SET.protected), JSON.stringify([gender]));
  const summary = await runValidation({ ...job, grades });
  const stored = JSON.parse(readFileSync(join(folder, 'validation.json'), 'utf8')) as StoredValidation & {
    report: ValidationReport;
  };
  expect(stored.gates).toEqual(summary.gates);
  const { report } = stored;
  expect(report.sample.scope).toBe('out-of-time');
  expect(report.grades?.grades).toHaveLength(3);
  expect(report.divisions.map(({ by }) => by)).toEqual(['period', 'segment']);
  expect(report.fairness.map(({ attribute }) => attribute)).toEqual(['gender']);
  expect(report.logistic?.auc).toBeGreaterThan(0.6);
  expect(report.notMeasured).toEqual(['champion', 'rejects']);
  expect(readFileSync(join(folder, 'validation.zh-CN.html'), 'utf8')).toContain('公平性');
});
