import { workflowInfo } from '@temporalio/workflow';
import type { ReconcileInput, ReconcileOutcome } from '../messages.ts';
import { featuresActivities, trainingActivities } from './activity-options.ts';
import { nothingToPublish } from './erase-customers.ts';
import { progressLog } from './progress-log.ts';

/**
 * Compares every copy of what sources reported: acknowledged facts with the warehouse, the warehouse with the newest snapshot, the last statements of the
 * sources with both. What can be mended is: facts are imported again, a snapshot that is behind or damaged is published anew. The rest is put on record
 * for people to look at.
 */
export async function reconcile(input: ReconcileInput): Promise<ReconcileOutcome> {
  const log = progressLog(workflowInfo().workflowId, () => 4);
  const features = featuresActivities(input);
  const { concludeReconciliation } = trainingActivities(input);
  const now = input.asOf ?? workflowInfo().startTime.toISOString();
  const facts = await log.step('facts', 'comparing facts with the warehouse', () => features.reconcileFacts({ now }));
  const look = () => log.step('snapshot', 'comparing the snapshot', () => features.reconcileSnapshot());
  const found = await look();
  let snapshot = found;
  if (found.state === 'behind' || found.state === 'damaged') {
    const publishing = log.step('publish', 'publishing the snapshot', () =>
      features.publishSnapshot({ requestId: `reconcile-${workflowInfo().runId}`, now }),
    );
    await publishing.catch(nothingToPublish);
    snapshot = await look();
  }
  const { reconciliationId, findings } = await log.step('conclude', 'putting it on record', () =>
    concludeReconciliation({ now, facts, found, snapshot }),
  );
  return {
    reconciliationId,
    repaired: facts.facts.reduce((total, { repaired }) => total + repaired, 0),
    snapshot: { found: found.state, now: snapshot.state },
    findings,
  };
}
