import type { PortfolioReported } from '../messages.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities on the portfolio as a whole. */
export function portfolioActivities({ portfolio }: PipelineDependencies) {
  return {
    /** Reports on customers who are warned of; the same instant again changes nothing. */
    customerReports: (request: { at: string }): Promise<{ reports: number }> =>
      withHeartbeat((context) => portfolio.customers(request, context)),
    /** Reports on the newest scores, and tells who subscribed. */
    portfolioReport: (): Promise<PortfolioReported> => withHeartbeat((context) => portfolio.report(context)),
  };
}
