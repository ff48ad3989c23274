import type { PortfolioReported } from '../messages.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities on the portfolio as a whole. */
export function portfolioActivities({ portfolio }: PipelineDependencies) {
  return {
    /** Reports on the newest scores; the same scores give the same report. */
    portfolioReport: (): Promise<PortfolioReported> => withHeartbeat((context) => portfolio.report(context)),
  };
}
