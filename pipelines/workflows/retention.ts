import { sleep, workflowInfo } from '@temporalio/workflow';
import type { RetentionInput, RetentionOutcome } from '../messages.ts';
import { featuresActivities, trainingActivities } from './activity-options.ts';
import { nothingToPublish } from './erase-customers.ts';
import { progressLog } from './progress-log.ts';

const GRACE_MS = 60_000;

/**
 * Applies the project's retention rules: records of the operational database, facts of the warehouse (after which a snapshot without them is
 * published, and the older ones go once no server reads them), scores of the portfolio. Legal holds are looked up by each step.
 */
export async function retention(input: RetentionInput): Promise<RetentionOutcome> {
  const log = progressLog(workflowInfo().workflowId, () => 5);
  const features = featuresActivities(input);
  const training = trainingActivities(input);
  const request = { now: input.asOf ?? new Date().toISOString(), actor: input.actor };
  const records = await log.step('records', 'removing records', () => training.retainRecords(request));
  const facts = await log.step('facts', 'removing facts', () => features.retainFacts(request));
  let snapshots = 0;
  if (facts.publish) {
    const publishing = log.step('publish', 'publishing the snapshot', () =>
      features.publishSnapshot({ requestId: `retention-${workflowInfo().runId}`, now: new Date().toISOString() }),
    );
    await publishing.catch(nothingToPublish);
    await sleep(input.graceMs ?? GRACE_MS);
    snapshots = await log.step('snapshots', 'removing older snapshots', () => features.removeOlderSnapshots());
  }
  const scores = await log.step('scores', 'removing scores', () => training.retainScores(request));
  return { kinds: [...records, ...facts.findings, ...scores], snapshots };
}
