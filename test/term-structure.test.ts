import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { asOf, parseProject, writeFileAtomic } from '../base/index.ts';
import { loadViews } from '../features/views/index.ts';
import { buildArtefact, saveArtefact, type Artefact } from '../models/artefact/index.ts';
import { saveDataset } from '../models/dataset/index.ts';
import { horizonsOf, type HazardValidation } from '../models/hazard/index.ts';
import { slotKey } from '../models/registry/index.ts';
import { trainGlassBox } from '../models/training/index.ts';
import { agePeriods, buildFollowedSet } from '../models/training-set/index.ts';
import { TRAINING_SET } from '../pipelines/compose/checks-job.ts';
import { labelPolicyOf, modelName, targetOf } from '../pipelines/compose/label-policy.ts';
import { saveFollowUp } from '../pipelines/compose/training-set-files.ts';
import { runValidation } from '../pipelines/compose/validate.ts';
import { projectSlot, retrainRequest } from '../pipelines/requests.ts';
import { simulatedWarehouse } from './simulated-warehouse.ts';

const folder = await mkdtemp(join(tmpdir(), 'probity-term-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const readText = (path: string): Promise<string> => readFile(path, 'utf8');

const project = parseProject(
  'termStructure: { stepMonths: 3, horizonMonths: 24 }\nlabels: { default: { kind: dpd, daysPastDue: 60 } }',
  folder,
);
const ages = { term: 'months_on_book', periodMonths: 3, longestMonths: 18 };

test('a term structure has a slot, a name and a definition of its own, beside those of default', () => {
  const slot = projectSlot(project, 'term-structure');
  expect(slotKey(slot)).toBe('main/*/24m/term-3m');
  expect(modelName(slot)).toBe('main-24m-term-3m');
  expect(targetOf(labelPolicyOf(project, slot), ages)).toEqual({
    kind: 'hazard',
    definition: 'at least 60 days past due within a step of 3 months',
    horizonMonths: null,
    ages,
  });
  expect(retrainRequest(project, 'dana', {}, 'term-structure').slot).toEqual(slot);
  expect(() => projectSlot(parseProject('', folder), 'term-structure')).toThrow(/term structure/);
  expect(() => parseProject('termStructure: { stepMonths: 5, horizonMonths: 12 }', folder)).toThrow();
});

test(
  'the training path follows customers of a simulated portfolio by age, and the model that it trains is validated by age on customers that it never saw, beside the champion',
  { timeout: 300_000 },
  async () => {
    const warehouse = await simulatedWarehouse({ customers: 900, seed: 11, outDir: folder });
    const { connection } = warehouse;
    try {
      const slot = projectSlot(project, 'term-structure');
      const options = {
        views: (await loadViews()).filter(({ name }) => ['payment_discipline', 'profile', 'exposure'].includes(name)),
        policy: labelPolicyOf(project, slot),
        stepMonths: 3,
        observationDates: ['2023-01-01', '2023-07-01', '2024-01-01', '2024-07-01', '2025-01-01'].map((date) =>
          asOf(date),
        ),
        embargoDays: 0,
        seed: 1,
        testShare: 0.4,
        cutoff: asOf('2026-01-01'),
      };
      const set = await buildFollowedSet(connection, options);
      const { train, test: later, report } = set;
      // Half-way from the first date to the cut-off: both sides see eighteen months.
      expect(report.testFrom).toBe('2024-07-01T00:00:00.000Z');
      expect(Math.max(...train.steps)).toBe(6);
      expect(Math.max(...later.steps)).toBe(6);
      const customers = (ids: readonly string[]) => ids.map((id) => id.split('/')[0]);
      expect(new Set(customers(later.rows.ids)).size).toBe(later.rows.rows);
      const trained = new Set(customers(train.rows.ids));
      expect(customers(later.rows.ids).filter((customer) => trained.has(customer))).toEqual([]);

      const { dataset, ages: seen } = agePeriods(train, 3, 1);
      expect(seen).toEqual({ ...ages, longestMonths: seen.longestMonths });
      expect(dataset.rows).toBe(train.steps.reduce((sum, steps) => sum + steps, 0));
      expect(dataset.bad.reduce((sum, bad) => sum + bad, 0)).toBe(train.rows.bad.reduce((sum, bad) => sum + bad, 0));
      // A part of the path that holds no names: an erasure finds whose rows they were in the rows that they come from.
      expect(dataset.ids.every((id) => /^\d+$/.test(id))).toBe(true);
      const again = await buildFollowedSet(connection, options);
      expect(agePeriods(again.train, 3, 1).dataset.hash).toBe(dataset.hash);

      const settings = { seed: 1, folds: 3, maxRounds: 80, pairs: 0, refit: false };
      const provenance = {
        seed: 1,
        trainingSetHash: dataset.hash,
        specHash: 'x',
        featureViews: {},
        rows: dataset.rows,
        bads: report.train.bads,
        period: null,
        trainer: { version: '1', options: {} },
      };
      const made = (name: string, target: Artefact['target'], fitted: Awaited<ReturnType<typeof trainGlassBox>>) =>
        buildArtefact(fitted, { name, target, provenance, protected: [], warnings: [] });
      const hazard = made('term', targetOf(options.policy, seen), await trainGlassBox(dataset, settings));
      const oneYear = { ...labelPolicyOf(project, projectSlot(project)), horizonMonths: 12 };
      const champion = made('champion', targetOf(oneYear), await trainGlassBox(train.rows, settings));
      const at = (name: string) => join(folder, name);
      await saveArtefact(hazard, at('hazard'));
      await saveArtefact(champion, at('champion'));
      await saveDataset(train.rows, join(at('set'), TRAINING_SET.train));
      await saveDataset(later.rows, join(at('set'), TRAINING_SET.test));
      await saveFollowUp(at('set'), set);
      await writeFileAtomic(join(at('set'), TRAINING_SET.report), JSON.stringify({ report, ages: seen }));
      const summary = await runValidation({
        kind: 'validate',
        trainingSet: at('set'),
        artefact: at('hazard'),
        champion: at('hazard'),
        grades: null,
        beside: at('champion'),
        folder: at('validation'),
      });
      const { report: told } = JSON.parse(await readText(join(at('validation'), 'validation.json'))) as {
        report: HazardValidation;
      };
      expect(told.horizons.map(({ months }) => months)).toEqual(horizonsOf(hazard));
      expect(told.rows).toBe(later.rows.rows);
      expect(told.defaults).toBe(later.rows.bad.reduce((sum, bad) => sum + bad, 0));
      expect(told.beside?.months).toBe(12);
      const own = told.horizons.find(({ months }) => months === 12);
      expect(told.beside?.ofTermStructure).toBe(own?.meanPd);
      expect(own?.auc?.value).toBeGreaterThan(0.6);
      expect(own?.result).not.toBe('fail');
      expect(summary.gates.map(({ gate }) => gate)).toContain('calibration-12m');
      // Against itself no model is better.
      expect(summary.comparison.paired?.verdict).toBe('not enough evidence');
      expect(await readText(join(at('validation'), 'validation.zh-CN.html'))).toContain('与冠军模型对照');
    } finally {
      warehouse.close();
    }
  },
);
