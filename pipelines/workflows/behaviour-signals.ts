import { executeChild, patched, workflowInfo } from '@temporalio/workflow';
import type { SignalsInput, SignalsOutcome } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';
import { progressLog } from './progress-log.ts';
import { rescorePortfolio } from './rescore-portfolio.ts';

const DEFAULTS = { partitions: 16, concurrency: 2 } as const;

/**
 * Looks at the signals of every customer of the newest snapshot, part by part, and at those of industries; which triggers stand is stored part by part, so
 * that a killed look goes on behind the parts that it has done. The portfolio is scored first; without any champion the signals of scores are silent.
 */
export async function behaviourSignals(input: SignalsInput): Promise<SignalsOutcome> {
  const { tenant, queues, slot, heartbeatTimeoutMs } = input;
  const activities = trainingActivities(input);
  const look = `signals-${workflowInfo().runId}`;
  const at = new Date(Date.now()).toISOString();
  const log = progressLog(look, () => 4);
  await log.step('score', 'scoring the portfolio', async () => {
    if (input.rescore === false) return;
    // Runs that began before segments' own champions scored ask for the one of their slot.
    const known = patched('any-champion')
      ? await activities.canScore({ slot })
      : (await activities.championAt({ slot, instant: at })) !== null;
    if (!known) return;
    const scope = { tenant, queues, slot, ...(heartbeatTimeoutMs === undefined ? {} : { heartbeatTimeoutMs }) };
    await executeChild(rescorePortfolio, { args: [scope] });
  });
  const { snapshotId, asOf, buckets } = await log.step('target', 'choosing the snapshot', () =>
    activities.signalTarget(),
  );
  const partitions = Math.max(1, Math.min(input.partitions ?? DEFAULTS.partitions, buckets));
  const total = { customers: 0, raised: 0, changed: 0, ceased: 0 };
  const request = { look, snapshotId, at };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < partitions) {
      const partition = next++;
      const found = await activities.lookAtPartition({ ...request, partition, partitions });
      for (const name of ['customers', 'raised', 'changed', 'ceased'] as const) total[name] += found[name];
      log.say(`${total.customers} customers looked at, ${total.raised} triggers raised`);
    }
  };
  await log.step('look', `looking at ${partitions} parts`, () =>
    Promise.all(Array.from({ length: Math.min(input.concurrency ?? DEFAULTS.concurrency, partitions) }, lane)),
  );
  const industries = await log.step('industries', 'looking at industries', () => activities.lookAtIndustries(request));
  for (const name of ['raised', 'changed', 'ceased'] as const) total[name] += industries[name];
  return { look, asOf, ...total };
}
