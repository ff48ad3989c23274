import type { z } from 'zod';
import type { Json } from '../../base/index.ts';
import type { OperationId } from '../access/index.ts';
import { pageQuery } from '../http/paging.ts';
import { periodQuery } from '../http/parse.ts';
import { batchQuery } from '../routes/batch.ts';
import { caseQuery } from '../routes/cases.ts';
import { changesQuery } from '../routes/changes.ts';
import { reportQuery as controlReportQuery } from '../routes/control.ts';
import { reportQuery as creditReportQuery } from '../routes/credit-report.ts';
import { reportQuery as customerReportQuery } from '../routes/customer-reports.ts';
import { fileQuery, listQuery as entriesQuery, readQuery as entryQuery, removeQuery } from '../routes/customers.ts';
import { readQuery as disputesQuery } from '../routes/disputes.ts';
import { inboxQuery } from '../routes/inbox.ts';
import { readQuery as basesQuery } from '../routes/legal-bases.ts';
import { listQuery as monitoringQuery, reportQuery as monitoringReportQuery } from '../routes/monitoring.ts';
import { readQuery as noticesQuery } from '../routes/notices.ts';
import { listQuery as overridesQuery } from '../routes/overrides.ts';
import { reportQuery as portfolioReportQuery } from '../routes/portfolio.ts';
import { exportQuery } from '../routes/privacy.ts';
import { adviceQuery, ratingQuery } from '../routes/ratings.ts';
import { reviewQuery } from '../routes/reviews.ts';
import { reviewQuery as warningReviewQuery } from '../routes/warning-review.ts';
import { warningQuery } from '../routes/warnings.ts';
import { deliveryQuery } from '../routes/webhooks.ts';
import { schemaOf, type JsonObject } from './schema.ts';

/** What parses the query of each operation that has one. */
export const QUERIES: { readonly [Id in OperationId]?: z.ZodObject } = {
  rate: ratingQuery,
  recordedRating: ratingQuery,
  ratingAdvice: adviceQuery,
  rateBatch: batchQuery,
  changes: changesQuery,
  listReconciliations: pageQuery,
  listKeys: pageQuery,
  rulesHistory: pageQuery,
  listRuleProposals: pageQuery,
  listCases: caseQuery,
  decisionTimes: periodQuery,
  overrideSteps: pageQuery,
  listOverrides: overridesQuery,
  overrideReport: periodQuery,
  reviewWarnings: warningReviewQuery,
  listNotices: noticesQuery,
  listAgreements: pageQuery,
  agreementReport: periodQuery,
  disputeQueue: pageQuery,
  listDisputes: disputesQuery,
  listReviews: reviewQuery,
  listWebhooks: pageQuery,
  listDeliveries: deliveryQuery,
  listWarnings: warningQuery,
  listWarningCustomers: pageQuery,
  inbox: inboxQuery,
  listPortfolioReports: pageQuery,
  readPortfolioReport: portfolioReportQuery,
  listCustomerReports: pageQuery,
  readCustomerReport: customerReportQuery,
  listControlReports: pageQuery,
  readControlReport: controlReportQuery,
  listMonitoringReports: monitoringQuery,
  readMonitoringReport: monitoringReportQuery,
  readFile: fileQuery,
  readEntry: entryQuery,
  removeEntry: removeQuery,
  entryHistory: entriesQuery,
  customerRatings: pageQuery,
  readReport: creditReportQuery,
  listReportLinks: pageQuery,
  exportCustomer: exportQuery,
  listLegalBases: basesQuery,
};

/** Parameters of every list, which operations refer to. */
const SHARED: Readonly<Record<string, string>> = { limit: 'Limit', cursor: 'Cursor' };

/** A parameter of a query: what its text is read as, where a schema can say it; else the text. `said`: its description; default: the schema's own. */
export function queryParameter(name: string, field: z.ZodType, said?: Json): JsonObject {
  const read = written(field, 'output');
  const { description, schema } = Object.keys(read.schema).length > 0 ? read : written(field, 'input');
  const described = said ?? description;
  return {
    name,
    in: 'query',
    ...(field.safeParse(undefined).success ? {} : { required: true }),
    ...(described === undefined ? {} : { description: described }),
    schema,
  };
}

function written(
  field: z.ZodType,
  io: 'input' | 'output',
): { readonly description?: Json; readonly schema: JsonObject } {
  const { description, ...schema } = schemaOf(field, io);
  return description === undefined ? { schema } : { description, schema };
}

/**
 * The parameters of an operation: those described, with the schema of what parses the query, and those of it that nobody described. Throws where a
 * description is of a parameter that the query has not.
 */
export function withQuery(operationId: OperationId, described: readonly Json[]): Json[] {
  const fields: Readonly<Record<string, z.ZodType>> = QUERIES[operationId]?.shape ?? {};
  const told = new Set<string>();
  const parameters = described.map((value): Json => {
    const parameter = value as JsonObject & { readonly name?: string };
    const shared = Object.keys(SHARED).find((name) => parameter['$ref'] === parameterRef(name).$ref);
    if (shared === undefined && parameter['in'] !== 'query') return parameter;
    const name = shared ?? parameter.name ?? '';
    const field = fields[name];
    if (field === undefined) throw new Error(`${operationId}: what parses its query (QUERIES) has no ${name}`);
    told.add(name);
    if (shared !== undefined) return parameter;
    return queryParameter(name, field, parameter['description']);
  });
  const rest = Object.entries(fields).filter(([name]) => !told.has(name));
  return [
    ...parameters,
    ...rest.map(([name, field]) => (name in SHARED ? parameterRef(name) : queryParameter(name, field))),
  ];
}

const parameterRef = (name: string) => ({ $ref: `#/components/parameters/${SHARED[name]}` });
