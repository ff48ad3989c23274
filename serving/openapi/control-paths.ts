import { z } from 'zod';
import { lent, share } from './override-paths.ts';
import { content, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const targeted = z.strictObject({
  count: z.int(),
  of: z.int(),
  actual: share.nullable().describe('Clustered by customer; null: there are none.'),
  target: z.number(),
  verdict: z
    .enum(['met', 'missed', 'not-shown', 'too-few'])
    .describe('Met or missed where the whole interval lies on one side of the target.'),
});

/** What GET /v1/reports/control/{reportId} answers. */
export const controlReportSchema = z.strictObject({
  reportId: z.string().describe('SHA-256 of the report.'),
  format: z.literal('probity.control/1'),
  from: iso,
  until: iso,
  asOf: iso,
  policy: z.string(),
  minimumSample: z.int().describe('Customers below which nothing is concluded.'),
  level: z.number().describe('Of the intervals.'),
  outcomes: z.strictObject({ knownUntil: z.string().nullable(), why: z.string().nullable() }),
  teams: z.array(
    z.strictObject({
      team: z.string().describe('rest: all who are in no team.'),
      reviewsOverdue: targeted.describe('Reviews due in the period that were not closed when they were due.'),
      warningsInTime: targeted.describe('Warnings of which no deadline passed.'),
      overrides: z.strictObject({ count: z.int(), lent: z.strictObject(lent) }),
    }),
  ),
});

/** One report in the list. */
export const controlEntrySchema = z.strictObject({ reportId: z.string(), from: iso, until: iso, madeAt: iso });

/** The operations about control reports. */
export const controlPaths: JsonObject = {
  '/v1/reports/control': {
    get: {
      operationId: 'listControlReports',
      summary: 'Control reports by team, newest first',
      parameters: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: {
        200: { description: 'A page of reports.', ...content('application/json', ref('ControlReportPage')) },
      },
    },
    post: {
      operationId: 'makeControlReport',
      summary: 'Put a control report of a period on record: reviews, warnings, overrides by team, against targets',
      requestBody: { required: true, ...content('application/json', ref('NewControlReport')) },
      responses: { 201: { description: 'The report.', ...content('application/json', ref('ControlReport')) } },
    },
  },
  '/v1/reports/control/{reportId}': {
    get: {
      operationId: 'readControlReport',
      summary: 'One control report; as data or as a page to print',
      parameters: [
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
            'application/json': { schema: ref('ControlReport') },
            'text/html': { schema: { type: 'string' } },
          },
        },
        404: problem('No such report.'),
      },
    },
  },
};
