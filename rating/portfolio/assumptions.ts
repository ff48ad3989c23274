import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, packageRoot, ProbityError } from '../../base/index.ts';
import { parseData } from '../parse-data.ts';
import { portfolioSchema, type PortfolioAssumptions } from './portfolio-schema.ts';

/** Where a project keeps assumptions of its own, within its rules folder. */
export const PORTFOLIO_FILE = 'portfolio.json';

/** Parses assumptions; throws INVALID_SPEC naming every problem. */
export function parsePortfolioAssumptions(data: unknown): PortfolioAssumptions {
  return parseData(portfolioSchema, data, 'portfolio assumptions');
}

/** What a project's portfolio reports assume: its own file where its rules folder holds one, else the package's. Throws INVALID_SPEC. */
export function loadPortfolioAssumptions(rulesDir: string | null): PortfolioAssumptions {
  const own = rulesDir === null ? null : join(rulesDir, PORTFOLIO_FILE);
  const path = own !== null && existsSync(own) ? own : join(packageRoot(), 'rating', 'portfolio', PORTFOLIO_FILE);
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ProbityError('INVALID_SPEC', `${PORTFOLIO_FILE} cannot be read as JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return parsePortfolioAssumptions(data);
}
