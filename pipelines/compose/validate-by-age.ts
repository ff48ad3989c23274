import { join } from 'node:path';
import { LANGUAGES, writeFileAtomic } from '../../base/index.ts';
import { loadArtefact, type Artefact, type NamedArtefact } from '../../models/artefact/index.ts';
import type { FeatureMatrix } from '../../models/dataset/index.ts';
import { hazardPage, horizonsOf, personPeriods, validateHazard, type FollowedRows } from '../../models/hazard/index.ts';
import { scoreMatrix } from '../../models/scoring/index.ts';
import { compareModels, figuresOf } from '../../models/validation/index.ts';
import type { Comparison, ModelFigures, ValidationSummary } from '../messages.ts';
import type { ChecksJob } from './checks-job.ts';
import { gateResult, writeStored } from './stored-validation.ts';
import { readFollowed } from './training-set-files.ts';

/**
 * Validates a term structure by age on the test set's customers: its gates are the calibration of each year's horizon and of the longest, and how well it ranks by then. Candidate and
 * the slot's present champion are compared on the same steps of age; the model that rates the customers stands beside, over its own horizon. Writes report and pages into the folder.
 */
export async function validateByAge(
  job: Extract<ChecksJob, { kind: 'validate' }>,
  candidate: NamedArtefact,
  champion: NamedArtefact | null,
): Promise<ValidationSummary> {
  const { folder } = job;
  const test = await readFollowed(job.trainingSet);
  const beside = job.beside ? await loadArtefact(job.beside) : null;
  const report = validateHazard(candidate.hash, candidate.artefact, test, besideOn(test.rows, beside));
  const gates = report.gates.map(gateResult);
  const comparison = compareByStep(candidate, champion, test);
  const summary = { gatesPassed: gates.every(({ passed }) => passed), gates, comparison };
  const reportHash = await writeStored(folder, { ...summary, report });
  for (const language of LANGUAGES)
    await writeFileAtomic(join(folder, `validation.${language}.html`), hazardPage(report, language));
  return { reportHash, ...summary };
}

/** The PDs of the model that rates customers, or null where there is none or it cannot read these rows. */
function besideOn(rows: FeatureMatrix, beside: NamedArtefact | null) {
  const pd = beside && pdOf(beside.artefact, rows);
  const months = beside?.artefact.target.horizonMonths ?? null;
  return beside && pd && months !== null ? { model: beside.hash, months, pd } : null;
}

function pdOf(artefact: Artefact, rows: FeatureMatrix): Float64Array | null {
  const known = new Set(rows.columns.map(({ name }) => name));
  return artefact.model.terms.every(({ name }) => known.has(name)) ? scoreMatrix(artefact, rows).pd : null;
}

/** Candidate and present champion on the same rows, one for each step of age that a customer stood at risk. */
function compareByStep(candidate: NamedArtefact, champion: NamedArtefact | null, test: FollowedRows): Comparison {
  const { ages } = candidate.artefact.target;
  const periodMonths = ages?.periodMonths ?? 1;
  const steps = personPeriods(test, periodMonths, horizonsOf(candidate.artefact).length, 0, Infinity);
  const own = { model: candidate.hash, pd: scoreMatrix(candidate.artefact, steps).pd };
  const sameSteps = champion?.artefact.target.ages?.periodMonths === periodMonths;
  const rivalPd = champion && sameSteps ? pdOf(champion.artefact, steps) : null;
  const rival = champion && rivalPd && { model: champion.hash, pd: rivalPd };
  const figures = (of: typeof own): ModelFigures => {
    const { model: modelHash, ...measures } = figuresOf(of, steps);
    return { modelHash, ...measures };
  };
  return {
    rows: steps.rows,
    bads: steps.bad.reduce((sum, bad) => sum + bad, 0),
    testSetHash: test.rows.hash,
    candidate: figures(own),
    champion: rival ? figures(rival) : null,
    paired: rival ? compareModels(own, rival, steps) : null,
    note:
      champion === null
        ? 'The slot has no champion yet. Figures are of default within one step of age.'
        : rival === null
          ? 'The champion has other steps of age, or cannot read these rows.'
          : 'Figures are of default within one step of age.',
  };
}
