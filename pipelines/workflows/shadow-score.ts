import { continueAsNew } from '@temporalio/workflow';
import type { ShadowScoreInput, ShadowScoreOutcome } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';
import { progressLog } from './progress-log.ts';

const MOST_RATINGS = 2_000;
const BATCHES_PER_RUN = 100;

/**
 * Scores the ratings recorded since the last time by the challengers in the shadow of their slots, batch by batch until the end of the
 * audit chain. Each batch is stored with the place up to which it read, so a killed run goes on behind the last batch.
 */
export async function shadowScore(input: ShadowScoreInput): Promise<ShadowScoreOutcome> {
  const { scoreShadows } = trainingActivities(input);
  const log = progressLog('shadow', () => 1);
  const total = { ...(input.done ?? { read: 0, scored: 0, skipped: 0 }) };
  const more = await log.step('shadow', 'scoring recorded ratings', async () => {
    for (let batch = 0; batch < BATCHES_PER_RUN; batch++) {
      const next = await scoreShadows({ most: input.most ?? MOST_RATINGS });
      total.read += next.read;
      total.scored += next.scored;
      total.skipped += next.skipped;
      log.say(`${total.scored} ratings scored`);
      if (!next.more) return false;
    }
    return true;
  });
  return more ? continueAsNew<typeof shadowScore>({ ...input, done: total }) : total;
}
