import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isProbityError } from '../../base/index.ts';
import { loadArtefact, type NamedArtefact } from '../../models/artefact/index.ts';
import { fitPlainLogistic, predictLogistic } from '../../models/benchmark/index.ts';
import { loadDataset, type CategoryColumn, type Dataset, type FeatureMatrix } from '../../models/dataset/index.ts';
import { glassBoxInside, isDeep, loadAnyArtefact, pdOf } from '../../models/deep/index.ts';
import { scoreMatrix } from '../../models/scoring/index.ts';
import { compareModels, figuresOf, writeValidationPages, validateModel } from '../../models/validation/index.ts';
import type { Comparison, ModelFigures, ValidationSummary } from '../messages.ts';
import { TRAINING_SET, type ChecksJob } from './checks-job.ts';
import { gateResult, writeStored } from './stored-validation.ts';
import { readTrainingSet, viewsOfOtherVersion, type StoredTrainingSet } from './training-set-files.ts';
import { validateByAge } from './validate-by-age.ts';

/** The feature that tells the portfolio segment of a customer. */
const SEGMENT = 'segment';

/** Validates a model on the test set beside the champion, and writes the report as JSON and as pages into the folder. */
export async function runValidation(job: Extract<ChecksJob, { kind: 'validate' }>): Promise<ValidationSummary> {
  const { trainingSet, folder } = job;
  const [train, test, candidate, champion] = await Promise.all([
    loadDataset(join(trainingSet, TRAINING_SET.train)),
    loadDataset(join(trainingSet, TRAINING_SET.test)),
    loadAnyArtefact(job.artefact),
    job.champion === null ? null : loadArtefact(job.champion),
  ]);
  if (!isDeep(candidate.artefact) && candidate.artefact.target.ages)
    return validateByAge(job, { hash: candidate.hash, artefact: candidate.artefact }, champion);
  const rival = champion && championScores(champion, test, await readTrainingSet(trainingSet));
  const attributes = await protectedAttributes(join(trainingSet, TRAINING_SET.protected));
  const segment = test.columns.find(({ name }) => name === SEGMENT);
  const predict = (rows: FeatureMatrix) => pdOf(candidate.artefact, rows);
  const report = validateModel({
    model: candidate.hash,
    predict,
    train,
    test,
    training: {
      hash: candidate.artefact.provenance.trainingSetHash,
      period: candidate.artefact.provenance.period,
      auc: candidate.artefact.outOfFold.auc,
    },
    logistic: predictLogistic(fitPlainLogistic(train), test),
    protected: attributes,
    ...(segment?.kind === 'category' ? { segment } : {}),
    ...(job.grades ? { grades: job.grades } : {}),
    ...(rival?.pd ? { champion: rival.pd } : {}),
  });
  const comparison: Comparison = {
    rows: report.sample.rows,
    bads: report.sample.bads,
    testSetHash: test.hash,
    candidate: figures(candidate.hash, predict(test), test),
    champion: champion && rival?.pd ? figures(champion.hash, rival.pd, test) : null,
    paired:
      champion && rival?.pd
        ? compareModels({ model: candidate.hash, pd: predict(test) }, { model: champion.hash, pd: rival.pd }, test)
        : null,
    note: rival === null ? 'The slot has no champion yet.' : rival.note,
  };
  const summary = { gatesPassed: report.verdict === 'pass', gates: report.gates.map(gateResult), comparison };
  const reportHash = await writeStored(folder, { ...summary, report });
  const { artefact } = candidate;
  await writeValidationPages(folder, report, (isDeep(artefact) ? glassBoxInside(artefact) : artefact).model);
  return { reportHash, ...summary };
}

/** Protected attributes of the test rows; none where the training set was made before they were kept. */
async function protectedAttributes(path: string): Promise<CategoryColumn[]> {
  const text = await readFile(path, 'utf8').catch(() => '[]');
  const read = JSON.parse(text) as (Omit<CategoryColumn, 'codes'> & { readonly codes: readonly number[] })[];
  return read.map((each) => ({ ...each, codes: Int32Array.from(each.codes) }));
}

/**
 * The champion's PDs of the test rows, or why it cannot score them (trained on features that are no longer computed). Where a view has changed
 * since, the note says that its features are today's, not those that the champion was trained on.
 */
function championScores(
  champion: NamedArtefact,
  test: Dataset,
  trainingSet: StoredTrainingSet,
): { readonly pd: Float64Array | null; readonly note: string | null } {
  try {
    const changed = viewsOfOtherVersion(champion.artefact, trainingSet);
    const note = `The champion was trained with other versions of ${changed.join(', ')}; it is scored with today's features.`;
    return { pd: scoreMatrix(champion.artefact, test).pd, note: changed.length > 0 ? note : null };
  } catch (error) {
    if (!isProbityError(error, 'INVALID_INPUT')) throw error;
    const missing = error.problems.map((problem) => problem.at).join(', ');
    return { pd: null, note: `The champion cannot score these rows: ${missing}.` };
  }
}

function figures(hash: string, pd: Float64Array, test: Dataset): ModelFigures {
  const { model: modelHash, ...measures } = figuresOf({ model: hash, pd }, test);
  return { modelHash, ...measures };
}
