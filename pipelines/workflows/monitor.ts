import { executeChild, uuid4 } from '@temporalio/workflow';
import type { Monitored, MonitorInput, MonitoringOutcome } from '../messages.ts';
import { featuresActivities, trainingActivities } from './activity-options.ts';
import { progressLog } from './progress-log.ts';
import { rescorePortfolio } from './rescore-portfolio.ts';

/**
 * Scores the portfolio with its champion, looks at the model, and takes what the policy says must follow, one after the other. A day that was looked at already
 * stays as it was, and what followed it is not done again.
 */
export async function monitor(input: MonitorInput): Promise<MonitoringOutcome> {
  const { requestId: _, resume: __, rescore = true, ...fresh } = input;
  const { tenant, queues, slot } = input;
  const log = progressLog('monitor', () => (rescore ? 3 : 2));
  if (rescore)
    await log.step('rescore', 'scoring the portfolio', () => executeChild(rescorePortfolio, { args: [fresh] }));
  const seen: Monitored = await log.step('monitor', 'looking at the model', () =>
    featuresActivities(input).monitorModel({ slot }),
  );
  const { reportId } = seen;
  const activities = trainingActivities(input);
  const actions = await log.step('actions', 'doing what follows', async () => {
    const taken: MonitoringOutcome['actions'][number][] = [];
    for (const action of await activities.planMonitoringActions({ reportId })) {
      const retrain = { tenant, queues, slot, requestId: uuid4() };
      taken.push({ action, ...(await activities.takeMonitoringAction({ reportId, action, retrain })) });
    }
    return taken;
  });
  return { ...seen, actions };
}
