import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artefact } from '../../models/artefact/index.ts';
import type { TrainingSetReport } from '../../models/training-set/index.ts';
import type { TrainingSetSummary } from '../messages.ts';
import { TRAINING_SET } from './checks-job.ts';

/** What a training-set step leaves beside its data. */
export interface StoredTrainingSet {
  readonly summary: TrainingSetSummary;
  readonly report: TrainingSetReport;
  /** Features of views that read a protected column; absent in sets that were made before this was kept. */
  readonly protectedFeatures?: readonly string[];
}

/** Reads what a training-set step left. */
export async function readTrainingSet(folder: string): Promise<StoredTrainingSet> {
  return JSON.parse(await readFile(join(folder, TRAINING_SET.report), 'utf8')) as StoredTrainingSet;
}

/** Names of the views that a model was trained with in another version than the one that made this training set, or that it lacks. */
export function viewsOfOtherVersion(
  { provenance }: Pick<Artefact, 'provenance'>,
  { report }: Pick<StoredTrainingSet, 'report'>,
): readonly string[] {
  const views = Object.entries(provenance.featureViews);
  return views.filter(([name, hash]) => report.featureViews[name] !== hash).map(([name]) => name);
}
