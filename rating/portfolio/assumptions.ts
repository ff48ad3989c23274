import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';
import { portfolioSchema, type PortfolioAssumptions } from './portfolio-schema.ts';

/** Where a project keeps assumptions of its own, within its rules folder. */
export const PORTFOLIO_FILE = 'portfolio.json';

/** Parses assumptions; throws INVALID_SPEC naming every problem. */
export function parsePortfolioAssumptions(data: unknown): PortfolioAssumptions {
  return parseData(portfolioSchema, data, 'portfolio assumptions');
}

/** What a project's portfolio reports assume: its own file where its rules folder holds one, else the package's. Throws INVALID_SPEC. */
export function loadPortfolioAssumptions(rulesDir: string | null): PortfolioAssumptions {
  return parsePortfolioAssumptions(readRatingData(rulesDir, PORTFOLIO_FILE, 'portfolio'));
}
