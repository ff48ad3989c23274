import { z } from 'zod';
import { WARNING_LEVELS } from '../../rating/index.ts';
import { content, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const gradeClass = z.enum(['high', 'middle', 'low']);
const part = {
  customers: z.int(),
  exposure: z.number().describe('Major units; what is not known counts as 0.'),
  expectedLoss: z.number().describe('PD · LGD · exposure at default.'),
  meanPd: z.number().nullable(),
};
const named = z.strictObject({ name: z.string().describe('Empty: not known.'), ...part });
const warned = {
  warnings: z.int(),
  customers: z.int(),
  exposure: z.number().describe('Each customer’s once.'),
};
const matrix = z.array(z.array(z.number()));
const shown = z.strictObject({
  customerId: z.string().nullable().describe('Null: erased.'),
  grade: z.string(),
  pd: z.number(),
  exposure: z.number(),
  expectedLoss: z.number(),
  net: z.number().nullable().describe('Margin on a year’s sales less expected loss.'),
});

const ranked = shown.extend({ value: z.enum(['high', 'middle', 'low']), risk: gradeClass });

/** What GET /v1/reports/portfolio/{reportId} answers. */
export const portfolioReportSchema = z.strictObject({
  reportId: z.string().describe('SHA-256 of the report without names.'),
  madeAt: iso,
  format: z.enum(['probity.portfolio/1', 'probity.portfolio/2']),
  source: z.strictObject({
    asOf: iso,
    snapshotId: z.string(),
    modelHash: z.string().describe('The champion of all segments, or of the first segment that has one.'),
    models: z
      .array(z.strictObject({ slot: z.string(), modelHash: z.string(), customers: z.int() }))
      .optional()
      .describe('Whose champions scored, and how many customers each. Absent: one model scored all.'),
    unscored: z
      .int()
      .optional()
      .describe('Customers whom no slot decides about, who are not in the book. Absent: none.'),
    scores: z.string(),
    before: z.strictObject({ asOf: iso, scores: z.string(), left: z.int() }).nullable(),
    withheld: z
      .array(z.strictObject({ feature: z.string(), source: z.string(), customers: z.int() }))
      .optional()
      .describe(
        'Features that scores and exposures do without, of so many customers, for want of a legal basis for a source table. Absent: none.',
      ),
  }),
  assumptions: z.string(),
  ...part,
  unknownExposure: z.int(),
  riskIndex: z.number().nullable().describe('10,000 · expected loss / exposure.'),
  byGrade: z.array(named),
  byClass: z.array(z.strictObject({ name: gradeClass, ...part })),
  bySegment: z.array(named),
  byVintage: z.array(named),
  migration: z
    .strictObject({
      grades: z.array(z.string()),
      customers: matrix.describe('From the grade before (row) to the grade now (column).'),
      exposure: matrix,
      worse: z.int(),
      better: z.int(),
      entered: z.int(),
      left: z.int(),
    })
    .nullable(),
  concentration: z
    .strictObject({
      customers: z.number(),
      segments: z.number(),
      largest: z.array(z.strictObject({ count: z.int(), share: z.number() })),
    })
    .nullable(),
  stress: z.strictObject({
    scenarios: z.array(z.strictObject({ code: z.string(), expectedLoss: z.number(), meanPd: z.number().nullable() })),
    singleNames: z.array(z.strictObject({ count: z.int(), loss: z.number() })),
  }),
  ranking: z.array(
    z.strictObject({
      value: z.enum(['high', 'middle', 'low', 'unknown']),
      risk: gradeClass,
      customers: z.int(),
      exposure: z.number(),
      net: z.number(),
    }),
  ),
  topExposures: z.array(shown),
  topLosses: z.array(shown),
  bestNet: z.array(ranked).describe('Customers of known sales by net, the best first.'),
  worstNet: z.array(ranked),
  openWarnings: z
    .strictObject({
      ...warned,
      byLevel: z.array(z.strictObject({ name: z.enum(WARNING_LEVELS), ...warned })),
      byCode: z.array(z.strictObject({ name: z.string(), ...warned })),
      notAcknowledged: z.int(),
      overdue: z.int().describe('Of which a deadline has passed.'),
    })
    .nullable()
    .describe('Warnings that stood when the report was made; null: not looked at.'),
  change: z
    .strictObject({
      reportId: z.string(),
      asOf: iso,
      customers: z.int(),
      exposure: z.number(),
      expectedLoss: z.number(),
      meanPd: z.number().nullable(),
      riskIndex: z.number().nullable(),
      classShares: z.array(z.strictObject({ name: gradeClass, share: z.number().nullable() })),
      openWarnings: z.int().nullable(),
    })
    .nullable()
    .describe('Now less then, since the report on an earlier instant; null: there is none.'),
});

/** One report in the list. */
export const reportEntrySchema = z.strictObject({
  reportId: z.string(),
  asOf: iso,
  madeAt: iso,
  customers: z.int(),
  exposure: z.number(),
  expectedLoss: z.number(),
  riskIndex: z.number().nullable(),
});

/** The operations about the portfolio as a whole. */
export const portfolioPaths: JsonObject = {
  '/v1/reports/portfolio': {
    get: {
      operationId: 'listPortfolioReports',
      summary: 'Reports on the portfolio, newest first',
      parameters: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: {
        200: { description: 'A page of reports.', ...content('application/json', ref('PortfolioReportPage')) },
      },
    },
  },
  '/v1/reports/portfolio/{reportId}': {
    get: {
      operationId: 'readPortfolioReport',
      summary:
        'One report: exposure and expected loss by part, migration, concentration, stress; as data or as a page to print',
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
            'application/json': { schema: ref('PortfolioReport') },
            'text/html': { schema: { type: 'string' } },
          },
        },
        404: problem('No such report.'),
      },
    },
  },
};
