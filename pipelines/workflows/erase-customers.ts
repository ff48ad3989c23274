import { ActivityFailure, ApplicationFailure, sleep, uuid4 } from '@temporalio/workflow';
import type { EraseInput, EraseOutcome } from '../messages.ts';
import { featuresActivities, trainingActivities } from './activity-options.ts';
import { progressLog } from './progress-log.ts';

/** How long servers may take to know of an erasure, and to serve the new snapshot, before the old ones go. */
const GRACE_MS = 30_000;

/** Where nothing is left to publish, the snapshots that hold the customers go all the same. */
export function nothingToPublish(error: unknown): null {
  if (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'INVALID_INPUT'
  )
    return null;
  throw error;
}

/**
 * Takes customers whose erasure was asked for out of everything but the operational database's tables, which the request itself has been through: histories,
 * warehouse, snapshots, files, scores. All that wait are taken together, since the warehouse is written anew once for all of them; those that came
 * meanwhile follow.
 */
export async function eraseCustomers(input: EraseInput): Promise<EraseOutcome> {
  const requestId = uuid4();
  const log = progressLog(requestId, () => 6);
  const features = featuresActivities(input);
  const training = trainingActivities(input);
  let erased = 0;
  let snapshotId: string | null = null;
  for (;;) {
    const subjects = await training.unfinishedErasures();
    if (subjects.length === 0) return { erased, snapshotId };
    const now = new Date().toISOString();
    await log.step('histories', 'deleting histories', () => training.endErasedWorkflows({ subjects }));
    const { publish } = await log.step('warehouse', 'erasing from the warehouse', () =>
      features.eraseFromWarehouse({ subjects, now }),
    );
    if (publish) {
      const request = { requestId: `${requestId}-${erased}`, now };
      const publishing = log.step('publish', 'publishing the snapshot', () => features.publishSnapshot(request));
      snapshotId = await publishing.then((published) => published.snapshotId, nothingToPublish);
    }
    await sleep(input.graceMs ?? GRACE_MS);
    await log.step('files', 'erasing from files', () => features.eraseFiles({ subjects }));
    await log.step('scores', 'erasing from scores', () => training.eraseScores({ subjects }));
    await log.step('finish', 'finishing', () => training.finishErasures({ subjects }));
    erased += subjects.length;
  }
}
