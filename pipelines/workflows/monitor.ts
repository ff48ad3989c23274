import { executeChild } from '@temporalio/workflow';
import type { Monitored, MonitorInput } from '../messages.ts';
import { featuresActivities } from './activity-options.ts';
import { progressLog } from './progress-log.ts';
import { rescorePortfolio } from './rescore-portfolio.ts';

/** Scores the portfolio with its champion, and looks at the model. A day that was looked at already stays as it was. */
export async function monitor(input: MonitorInput): Promise<Monitored> {
  const { requestId: _, resume: __, rescore = true, ...fresh } = input;
  const log = progressLog('monitor', () => (rescore ? 2 : 1));
  if (rescore)
    await log.step('rescore', 'scoring the portfolio', () => executeChild(rescorePortfolio, { args: [fresh] }));
  return log.step('monitor', 'looking at the model', () =>
    featuresActivities(input).monitorModel({ slot: input.slot }),
  );
}
