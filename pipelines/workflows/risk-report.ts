import { executeChild } from '@temporalio/workflow';
import type { PortfolioReported, RescoreInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';
import { rescorePortfolio } from './rescore-portfolio.ts';

/** Scores the portfolio with its champion and puts a report on it on record. */
export async function riskReport(input: RescoreInput): Promise<PortfolioReported> {
  const { requestId: _, resume: __, ...fresh } = input;
  await executeChild(rescorePortfolio, { args: [fresh] });
  return trainingActivities(input).portfolioReport();
}
