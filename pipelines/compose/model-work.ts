import { join } from 'node:path';
import { contentHash, packageVersion, sha256File, type Json, type Project } from '../../base/index.ts';
import { buildArtefact, saveArtefact, type Artefact } from '../../models/artefact/index.ts';
import type { GoldenReport } from '../../models/golden/index.ts';
import { ratesCustomers, type Slot } from '../../models/registry/slot.ts';
import { protectedPolicy, protectedUse } from '../../models/protected/index.ts';
import { trainInProcess } from '../../models/training/in-process.ts';
import { loadStandards } from '../../rating/index.ts';
import type { ModelWork } from '../activities/dependencies.ts';
import type { ValidationSummary } from '../messages.ts';
import { ARTEFACT_FOLDER, TRAINING_SET } from './checks-job.ts';
import { runChecks } from './checks.ts';
import { labelPolicyOf, modelName, targetOf } from './label-policy.ts';
import { readTrainingSet, type StoredTrainingSet } from './training-set-files.ts';

/**
 * Training, validation and proof of one model, each in a process of its own. `championFolder` finds a champion's artefact by hash, `standing` the hash of the champion
 * of a slot, or null.
 */
export function modelWork(
  project: Project,
  championFolder: (modelHash: string) => Promise<string>,
  standing: (slot: Slot) => Promise<string | null>,
): ModelWork {
  return {
    train: async ({ trainingSet, folder, checkpoints, seed, slot }, { progress, signal }) => {
      const { report, summary, protectedFeatures = [], ages, withheld } = await readTrainingSet(trainingSet);
      const datasetPath = join(trainingSet, ages ? TRAINING_SET.periods : TRAINING_SET.train);
      const job = { datasetPath, options: { seed }, checkpointDir: checkpoints, outDir: folder };
      const fitted = await trainInProcess(job, { onProgress: progress, signal });
      const { train, featureViews } = report;
      const { use, warnings } = protectedUse(
        fitted.model.terms.map(({ name }) => name),
        protectedPolicy(project, protectedFeatures),
      );
      const artefact = buildArtefact(fitted, {
        name: modelName(slot),
        target: targetOf(labelPolicyOf(project, slot), ages),
        provenance: {
          seed,
          trainingSetHash: summary.trainHash,
          specHash: await specHash(project),
          featureViews,
          rows: train.rows,
          bads: train.bads,
          period: train.period,
          trainer: { version: await packageVersion(), options: { ...fitted.options } },
        },
        protected: [],
        ...(use ? { use } : {}),
        warnings: [...warnings, ...withheldWarnings(withheld), ...fitted.warnings],
      });
      const modelHash = await saveArtefact(artefact, join(folder, ARTEFACT_FOLDER));
      const { auc, logLoss } = fitted.outOfFold;
      return { modelHash, auc, logLoss, ...(use ? { use } : {}) };
    },

    validate: async ({ trainingSet, model, folder, champion, slot }, { progress, signal }) => {
      progress({ step: 'validate', message: 'candidate and champion on the same rows' });
      const artefact = join(model, ARTEFACT_FOLDER);
      const rival = champion === null ? null : await championFolder(champion);
      const { masterScale } = loadStandards(project.rulesDir);
      const graded = ratesCustomers(slot) && masterScale.horizonMonths === slot.horizonMonths;
      const grades = graded ? masterScale.grades : null;
      const { portfolio, segment } = slot;
      const rates = { portfolio, segment, horizonMonths: project.labels.horizonMonths };
      const raterHash = slot.stepMonths === undefined ? null : await standing(rates);
      const beside = raterHash === null ? null : await championFolder(raterHash);
      const job = { kind: 'validate', trainingSet, artefact, champion: rival, grades, beside, folder } as const;
      return runChecks<ValidationSummary>(job, signal);
    },

    proveEngines: async ({ model, folder }, { progress, signal }) => {
      progress({ step: 'prove', message: 'TypeScript, SQL and TensorFlow on golden vectors' });
      const job = { kind: 'prove', artefact: join(model, ARTEFACT_FOLDER), folder } as const;
      const report = await runChecks<GoldenReport>(job, signal);
      return { modelHash: report.artefactHash, vectors: report.vectors };
    },
  };
}

/** What a model was trained without, for those who read its card. */
function withheldWarnings(withheld: StoredTrainingSet['withheld']): Artefact['warnings'] {
  if (withheld === undefined) return [];
  const { purpose, train } = withheld;
  const out = `${train.rowsLeftOut} rows were left out: there was no legal basis for ${purpose} of what tells their outcome.`;
  return [
    ...train.features.map(({ feature, source, rows }) => ({
      code: 'WITHHELD',
      feature,
      message: `Missing in ${rows} rows: there was no legal basis for ${purpose} of ${source}.`,
    })),
    ...(train.rowsLeftOut === 0 ? [] : [{ code: 'WITHHELD', feature: null, message: out }]),
  ];
}

/** Names what the specs and the label policy said when the model was trained. */
async function specHash(project: Project): Promise<string> {
  const specs = await Promise.all(project.specs.map((path) => sha256File(path)));
  return contentHash({ specs, labels: project.labels as unknown as Json });
}
