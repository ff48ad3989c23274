import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { answerLanguage } from '../http/language.ts';
import { showsCustomers } from '../access/index.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseQuery, reportFormat } from '../http/parse.ts';
import { sendPage } from '../http/send-page.ts';
import { portfolioPage } from '../portfolio/page.ts';

type Deps = Pick<ServingDependencies, 'portfolio'>;

const placeSchema = z.tuple([isoInstant, z.string().max(80)]);
export const reportQuery = z.strictObject({ format: reportFormat });

/** GET /v1/reports/portfolio: reports on the portfolio, newest first. */
export function listPortfolioReports({ portfolio }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor } = parseQuery(pageQuery, request);
    const place = cursor === undefined ? undefined : readCursor('portfolio', placeSchema, cursor);
    const before = place && { madeAt: place[0], reportId: place[1] };
    const read = await portfolio.page({ before, limit: limit + 1 });
    response.json(pageOf('portfolio', read, limit, ({ madeAt, reportId }) => [madeAt, reportId]));
  };
}

/** GET /v1/reports/portfolio/{reportId}: one report, as JSON or as a page to print. */
export function readPortfolioReport({ portfolio }: Deps): RequestHandler {
  return async (request, response) => {
    const { format } = parseQuery(reportQuery, request);
    const reportId = String(request.params['reportId']);
    if (!/^[0-9a-f]{64}$/.test(reportId)) throw new ProbityError('UNKNOWN_REPORT', 'This is not the id of a report.');
    const report = await portfolio.find(reportId);
    if (format === 'json') {
      response.json(report);
      return;
    }
    showsCustomers(response, report);
    sendPage(response, portfolioPage(report, portfolio.assumptions, answerLanguage(request, response)));
  };
}
