import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import { loadDataset } from '../../models/dataset/index.ts';
import type { FollowedRows } from '../../models/hazard/index.ts';
import { followedRows, type FollowedSet, type TrainingSetReport } from '../../models/training-set/index.ts';
import type { TrainingSetSummary } from '../messages.ts';
import { TRAINING_SET } from './checks-job.ts';
import type { WithheldFromSide } from './lawful-set.ts';

/** What a training-set step leaves beside its data. */
export interface StoredTrainingSet {
  readonly summary: TrainingSetSummary;
  readonly report: TrainingSetReport;
  /** Features of views that read a protected column; absent in sets that were made before this was kept. */
  readonly protectedFeatures?: readonly string[];
  /** Present: what the set does without for want of a legal basis for model development. */
  readonly withheld?: { readonly purpose: string; readonly train: WithheldFromSide; readonly test: WithheldFromSide };
  /** Present: the set of a term structure, and the ages that its training rows were seen at. */
  readonly ages?: Artefact['target']['ages'];
}

/** Reads what a training-set step left. */
export async function readTrainingSet(folder: string): Promise<StoredTrainingSet> {
  return JSON.parse(await readFile(join(folder, TRAINING_SET.report), 'utf8')) as StoredTrainingSet;
}

/** How long each row of both sides was followed, in the order of the rows. */
interface StoredFollowUp {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Writes how long the rows of a term structure's set were followed. */
export async function saveFollowUp(
  folder: string,
  { train, test }: Pick<FollowedSet, 'train' | 'test'>,
): Promise<void> {
  const stored: StoredFollowUp = { train: [...train.steps], test: [...test.steps] };
  await writeFileAtomic(join(folder, TRAINING_SET.followed), JSON.stringify(stored));
}

/** Reads the test rows of a term structure's set, with how long each was followed. */
export async function readFollowed(folder: string): Promise<FollowedRows> {
  const rows = await loadDataset(join(folder, TRAINING_SET.test));
  const { test } = JSON.parse(await readFile(join(folder, TRAINING_SET.followed), 'utf8')) as StoredFollowUp;
  return followedRows(rows, Int32Array.from(test));
}

/** Names of the views that a model was trained with in another version than the one that made this training set, or that it lacks. */
export function viewsOfOtherVersion(
  { provenance }: Pick<Artefact, 'provenance'>,
  { report }: Pick<StoredTrainingSet, 'report'>,
): readonly string[] {
  const views = Object.entries(provenance.featureViews);
  return views.filter(([name, hash]) => report.featureViews[name] !== hash).map(([name]) => name);
}
