import { join } from 'node:path';
import { ProbityError, type Tenant } from '../../base/index.ts';
import { loadDataset, type Dataset } from '../../models/dataset/index.ts';
import {
  loadAnyArtefact,
  pdOf,
  winsBetween,
  type NamedAnyArtefact,
  type WhereItWins,
} from '../../models/deep/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import { compareModels, type ModelComparison, type ProfitBasis } from '../../models/validation/index.ts';
import type { Registry } from '../../records/registry/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import { handOver } from './hand-over.ts';
import { readTrainingSet, viewsOfOtherVersion, type StoredTrainingSet } from './training-set-files.ts';

export interface CompareParts {
  readonly tenant: Tenant;
  readonly registry: Pick<Registry, 'candidates' | 'model'>;
  readonly storage: Storage;
}

/** Two registered models on the test rows of a run. */
export interface RegisteredComparison extends ModelComparison {
  /** The run that made the training set whose test rows these are. */
  readonly runId: string;
  /** Models that may have seen some of these rows in training: their figures flatter. (Earlier rows of the same customers any model may have seen.) */
  readonly mayHaveSeen: readonly string[];
  /** Where a deep challenger beats a glass box; null where these are not one of each. */
  readonly whereItWins: WhereItWins | null;
}

/**
 * Compares two registered models on the test rows of the slot's newest training set that holds the features of both, each by the very
 * version of its view. Throws NOT_REGISTERED for an unknown model, STORAGE_FAILED where no such training set is stored any more.
 */
export async function compareRegistered(
  { tenant, registry, storage }: CompareParts,
  slot: Slot,
  firstHash: string,
  secondHash: string,
  profit: NonNullable<ProfitBasis['model']> | null = null,
): Promise<RegisteredComparison> {
  const load = async (hash: string): Promise<NamedAnyArtefact> => {
    const { artefactRef } = await registry.model(hash);
    return loadAnyArtefact(await storage.materialise(artefactRef), { expectedHash: hash });
  };
  const models = [await load(firstHash), await load(secondHash)] as const;
  const runs = new Set((await registry.candidates({ slot })).map(({ runId }) => runId));
  for (const runId of runs) {
    const folder = await handOver(tenant, storage).take(runId, 'training-set');
    if (folder === null) continue;
    const stored = await readTrainingSet(folder);
    if (models.some(({ artefact }) => viewsOfOtherVersion(artefact, stored).length > 0)) continue;
    const test = await loadDataset(join(folder, TRAINING_SET.test));
    const [first, second] = models.map(({ hash, artefact }) => ({ model: hash, pd: pdOf(artefact, test) }));
    if (!first || !second) continue;
    const mayHaveSeen = models.filter((model) => mayHaveSeenRows(model, stored, test)).map(({ hash }) => hash);
    const comparison = compareModels(first, second, test, profit ? { model: profit } : {});
    return {
      ...comparison,
      runId,
      mayHaveSeen,
      whereItWins: winsBetween(models[0].artefact, models[1].artefact, test),
    };
  }
  throw new ProbityError('STORAGE_FAILED', 'No stored training set of this slot holds the features of both models.', {
    fix: 'Compare models that were trained with the same versions of the feature views, or retrain (`probity retrain`).',
  });
}

/** Trained on another training set, with observations as late as the first of these rows. */
function mayHaveSeenRows({ artefact }: NamedAnyArtefact, { summary }: StoredTrainingSet, test: Dataset): boolean {
  const { trainingSetHash, period } = artefact.provenance;
  if (trainingSetHash === summary.trainHash) return false;
  const first = test.time?.reduce((least, each) => Math.min(least, each)) ?? null;
  return period === null || first === null || Date.parse(period[1]) >= first;
}
