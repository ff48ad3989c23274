import { z } from 'zod';
import { WARNING_LEVELS } from '../../rating/index.ts';
import { content, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const gradeClass = z.enum(['high', 'middle', 'low']);
const amounts = z.array(z.strictObject({ name: z.string(), amount: z.number() }));
const point = {
  ratingId: z.string(),
  at: iso,
  pd: z.number(),
  score: z.number(),
  grade: z.string(),
  outcome: z.string(),
  limit: z.number().describe('Major units.'),
};

/** One report in the list, and what making one answers. */
export const customerReportEntrySchema = z.strictObject({
  reportId: z.string().describe('SHA-256 of the report.'),
  asOf: iso,
});

/** What GET /v1/customers/{customerId}/risk-reports/{reportId} answers. */
export const customerReportSchema = z.strictObject({
  reportId: z.string().describe('SHA-256 of the report.'),
  format: z.literal('probity.customer-report/1'),
  customerId: z.string(),
  asOf: iso,
  rating: z.strictObject({
    ...point,
    currency: z.string(),
    validUntil: z.string(),
    segment: z.string().nullable(),
    exposures: amounts,
    class: gradeClass.nullable(),
    expired: z.literal(true).optional().describe('Its validity had ended: it supports no limit. Absent: it stood.'),
  }),
  exposure: z.number().nullable().describe('Major units; null: not known.'),
  expectedLoss: z.number().nullable().describe('PD · LGD · exposure at default.'),
  riskIndex: z.number().nullable().describe('10,000 · expected loss / exposure.'),
  topExposures: amounts.describe('By kind, the largest first.'),
  history: z.array(z.strictObject(point)).describe('Decisions, newest first.'),
  migration: z
    .strictObject({ worse: z.int(), better: z.int() })
    .describe('Steps between decisions that follow each other.'),
  classShares: z
    .array(z.strictObject({ name: gradeClass, share: z.number() }))
    .describe('Shares of the decisions in each class.'),
  openWarnings: z.array(
    z.strictObject({
      warningId: z.string(),
      code: z.string(),
      level: z.enum(WARNING_LEVELS),
      state: z.enum(['open', 'acknowledged', 'snoozed', 'closed']),
      openedAt: iso,
      owner: z.string().nullable(),
      closeBy: iso,
      measures: z.array(z.strictObject({ code: z.string(), state: z.string() })),
      sharedBy: z
        .int()
        .optional()
        .describe('How many customers of a group or a ring share it; absent: it is of this one alone.'),
    }),
  ),
  change: z
    .strictObject({
      reportId: z.string(),
      asOf: iso,
      gradeBefore: z.string(),
      pd: z.number(),
      exposure: z.number().nullable(),
      expectedLoss: z.number().nullable(),
      riskIndex: z.number().nullable(),
      openWarnings: z.int(),
    })
    .nullable()
    .describe('Now less then, since the last report; null: there is none.'),
});

const customerId = { name: 'customerId', in: 'path', required: true, schema: { type: 'string', maxLength: 200 } };

/** The operations about reports on single customers. */
export const customerReportPaths: JsonObject = {
  '/v1/customers/{customerId}/risk-reports': {
    get: {
      operationId: 'listCustomerReports',
      summary: 'Reports on a customer’s risk, newest first',
      parameters: [customerId, { $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: {
        200: { description: 'A page of reports.', ...content('application/json', ref('CustomerReportPage')) },
      },
    },
    post: {
      operationId: 'makeCustomerReport',
      summary: 'Put a report on a customer on record, of what is known now; it is never changed',
      parameters: [customerId],
      responses: {
        201: { description: 'Made.', ...content('application/json', ref('CustomerReportEntry')) },
        409: problem('No decision about the customer is on record.'),
        410: problem('The customer was erased.'),
      },
    },
  },
  '/v1/customers/{customerId}/risk-reports/{reportId}': {
    get: {
      operationId: 'readCustomerReport',
      summary:
        'One report: decision, exposure, expected loss, risk index, grades, warnings, change; as data or as a page',
      parameters: [
        customerId,
        { name: 'reportId', in: 'path', required: true, schema: { type: 'string', maxLength: 64 } },
        {
          name: 'Accept-Language',
          in: 'header',
          description: 'en (default) or zh-CN; of the page',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description: 'The report.',
          content: {
            'application/json': { schema: ref('CustomerReport') },
            'text/html': { schema: { type: 'string' } },
          },
        },
        404: problem('No such report.'),
      },
    },
  },
};
