import { ApplicationFailure, continueAsNew, uuid4 } from '@temporalio/workflow';
import type { RescoreInput, RescoreOutcome, RescoreState } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';
import { progressLog } from './progress-log.ts';

const DEFAULTS = { partitions: 16, concurrency: 2, partitionsPerRun: 200 } as const;

/**
 * Scores every customer of the newest snapshot with the champion of the slot that would rate them (the segment's own, or that of all segments): customers fall into buckets, a bounded number of buckets is
 * scored at a time, and after `partitionsPerRun` of them the workflow continues as new, so that history stays short. Snapshot and
 * models are fixed at the start. History holds the reference of the manifest, never scores.
 */
export async function rescorePortfolio(input: RescoreInput): Promise<RescoreOutcome> {
  const partitions = positive(input.partitions ?? DEFAULTS.partitions, 'partitions');
  const concurrency = positive(input.concurrency ?? DEFAULTS.concurrency, 'concurrency');
  const perRun = positive(input.partitionsPerRun ?? DEFAULTS.partitionsPerRun, 'partitionsPerRun');
  const activities = trainingActivities(input);
  const requestId = input.resume?.requestId ?? input.requestId ?? uuid4();
  const log = progressLog(requestId, () => 2);

  const begun: RescoreState =
    input.resume ??
    (await log.step('target', 'choosing snapshot and champion', async () => ({
      ...(await activities.rescoreTarget({ slot: input.slot })),
      requestId,
      next: 0,
      rows: 0,
    })));
  const { snapshotId, modelHash, models, begunAt } = begun;
  const target = { requestId, snapshotId, modelHash, ...(models ? { models } : {}) };
  const end = Math.min(partitions, begun.next + perRun);
  let next = begun.next;
  let rows = begun.rows;
  const lane = async (): Promise<void> => {
    while (next < end) {
      const bucket = next++;
      const scored = await activities.scoreBucket({ ...target, bucket, buckets: partitions });
      rows += scored.rows;
      log.say(`${rows} customers scored, bucket ${bucket + 1} of ${partitions}`);
    }
  };
  await log.step('score', `scoring ${partitions} buckets`, () =>
    Promise.all(Array.from({ length: Math.min(concurrency, end - begun.next) }, lane)),
  );
  if (end < partitions) {
    return continueAsNew<typeof rescorePortfolio>({ ...input, resume: { ...begun, next: end, rows } });
  }
  return activities.finishScores({ ...target, ...(begunAt ? { begunAt } : {}), buckets: partitions });
}

function positive(value: number, name: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw ApplicationFailure.nonRetryable(`${name} must be a positive whole number.`, 'INVALID_INPUT');
}
