import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { answerLanguage } from '../http/language.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseQuery, reportFormat } from '../http/parse.ts';
import { sendPage } from '../http/send-page.ts';
import { showsCustomers } from '../access/index.ts';
import { customerReportPage } from '../portfolio/customer-page.ts';
import { customerOf } from './customers.ts';

type Deps = Pick<ServingDependencies, 'customerReports' | 'alerts' | 'clock' | 'warnings'>;

const placeSchema = z.tuple([isoInstant, z.string().max(80)]);
export const reportQuery = z.strictObject({ format: reportFormat });

/** GET /v1/customers/{customerId}/risk-reports: reports on a customer, newest first. */
export function listCustomerReports({ customerReports }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor } = parseQuery(pageQuery, request);
    const place = cursor === undefined ? undefined : readCursor('customer-reports', placeSchema, cursor);
    const before = place && { asOf: place[0], reportId: place[1] };
    const customerId = customerOf(request);
    const read = await customerReports.page(customerId, { before, limit: limit + 1 });
    showsCustomers(response, customerId);
    response.json(pageOf('customer-reports', read, limit, ({ asOf, reportId }) => [asOf, reportId]));
  };
}

/** POST /v1/customers/{customerId}/risk-reports: makes a report of what is on record now; who subscribed is told. */
export function makeCustomerReport({ customerReports, clock }: Deps): RequestHandler {
  return async (request, response) => {
    const { reportId, asOf } = await customerReports.make(customerOf(request), clock.now());
    response.status(201).json({ reportId, asOf });
  };
}

/** GET /v1/customers/{customerId}/risk-reports/{reportId}: one report, as JSON or as a page to print. */
export function readCustomerReport({ customerReports, alerts, warnings }: Deps): RequestHandler {
  return async (request, response) => {
    const { format } = parseQuery(reportQuery, request);
    const report = await customerReports.find(customerOf(request), reportIdOf(request));
    if (format === 'json') {
      response.json(report);
      return;
    }
    showsCustomers(response, report.customerId);
    const { codes } = await warnings.words();
    sendPage(response, customerReportPage(report, alerts.handling, answerLanguage(request, response), codes));
  };
}

function reportIdOf(request: Request): string {
  const reportId = String(request.params['reportId']);
  if (/^[0-9a-f]{64}$/.test(reportId)) return reportId;
  throw new ProbityError('UNKNOWN_REPORT', 'This is not the id of a report.');
}
