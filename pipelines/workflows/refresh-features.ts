import { CancellationScope, uuid4, workflowInfo } from '@temporalio/workflow';
import type { RefreshInput, RefreshOutcome } from '../messages.ts';
import { featuresActivities, trainingActivities } from './activity-options.ts';
import { progressLog } from './progress-log.ts';

/** Imports what is new and publishes the next snapshot; serving takes it up from then on. */
export async function refreshFeatures(input: RefreshInput): Promise<RefreshOutcome> {
  const requestId = input.requestId ?? uuid4();
  const now = input.asOf ?? workflowInfo().startTime.toISOString();
  const log = progressLog(requestId, () => 2);
  const features = featuresActivities(input);
  const { cleanUpRun } = trainingActivities(input);
  try {
    const imports = await log.step('sources', 'importing sources', () => features.pullSources({ requestId, now }));
    const { snapshotId } = await log.step('publish', 'publishing the snapshot', () =>
      features.publishSnapshot({ requestId, now }),
    );
    return { snapshotId, imports };
  } catch (error) {
    await CancellationScope.nonCancellable(() => cleanUpRun({ requestId }));
    throw error;
  }
}
