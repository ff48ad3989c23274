import { executeChild, patched } from '@temporalio/workflow';
import type { PortfolioReported, RescoreInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';
import { rescorePortfolio } from './rescore-portfolio.ts';

/** Scores the portfolio with its champion, and puts a report on it, and on each customer who is warned of, on record. */
export async function riskReport(input: RescoreInput): Promise<PortfolioReported> {
  const { requestId: _, resume: __, ...fresh } = input;
  await executeChild(rescorePortfolio, { args: [fresh] });
  const { portfolioReport, customerReports } = trainingActivities(input);
  const reported = await portfolioReport();
  if (patched('customer-reports')) await customerReports({ at: new Date(Date.now()).toISOString() });
  return reported;
}
