import { join } from 'node:path';
import { ProbityError } from '../../base/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import { loadDataset, type Dataset } from '../../models/dataset/index.ts';
import { followedFor, followedMonths, withAge } from '../../models/monitoring/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import { handOver } from './hand-over.ts';
import type { MonitorParts } from './monitor-parts.ts';
import type { ScoreRun } from './score-runs.ts';
import { rowsOfSlot, segmentsElsewhere } from './slot-customers.ts';
import { readFollowed } from './training-set-files.ts';

/** What a model's customers are compared with. */
export interface Reference {
  /** All rows that the model learnt from. */
  readonly learnt: Dataset;
  /** Those, and validation rows, of such customers as the slot decides about. */
  readonly train: Dataset;
  readonly test: Dataset;
}

/**
 * The rows that a model learnt from and was validated on. Of a term structure, those of validation that were followed for as long as its look is over, and whether they defaulted by then. Throws
 * NO_REFERENCE where they are not stored any more, or do not tell the segments whose customers other slots decide about.
 */
export async function referenceOf(
  { tenant, registry, storage }: Pick<MonitorParts, 'tenant' | 'registry' | 'storage'>,
  slot: Slot,
  { artefact, modelHash }: { readonly artefact: Artefact; readonly modelHash: string },
  run: ScoreRun,
): Promise<Reference> {
  const others = segmentsElsewhere(run, slot);
  const runs = (await registry.candidates({ slot })).filter((each) => each.modelHash === modelHash);
  for (const { runId } of runs) {
    const folder = await handOver(tenant, storage).take(runId, 'training-set');
    if (folder === null) continue;
    const learnt = withAge(artefact, await loadDataset(join(folder, TRAINING_SET.train)));
    const test = withAge(artefact, await validationRows(folder, artefact, slot));
    return { learnt, train: rowsOfSlot(learnt, others, slot), test: rowsOfSlot(test, others, slot) };
  }
  throw new ProbityError('NO_REFERENCE', 'The training set of this model is not stored: there is no reference.');
}

async function validationRows(folder: string, artefact: Artefact, { horizonMonths }: Slot): Promise<Dataset> {
  const { ages } = artefact.target;
  if (ages === undefined) return loadDataset(join(folder, TRAINING_SET.test));
  const { rows, steps } = await readFollowed(folder);
  return followedFor(rows, steps, ages.periodMonths, followedMonths(artefact, horizonMonths));
}
