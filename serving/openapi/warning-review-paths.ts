import { z } from 'zod';
import { share } from './override-paths.ts';
import { inQuery, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const bounds = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
const rule = z.strictObject({
  code: z.string(),
  raised: z.int(),
  known: z.int().describe('Of which the outcome is known.'),
  precision: share
    .nullable()
    .describe('Share that defaulted within the horizon; of warnings without a countermeasure where they are enough.'),
  leadDays: z
    .strictObject({
      q1: z.number(),
      median: z.number(),
      q3: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      rows: z.int(),
      customers: z.int(),
    })
    .nullable()
    .describe('Days from warning to default, with an interval of the median; null bounds: of too few customers.'),
  ignored: share.describe('Share that somebody let lie beyond a deadline.'),
  withMeasures: z
    .strictObject({
      treated: z.int(),
      untreated: z.int(),
      treatedCustomers: z.int(),
      untreatedCustomers: z.int(),
      shared: z.int().describe('Customers with warnings on both sides.'),
      difference: bounds.nullable().describe('Null: too few customers on a side.'),
    })
    .nullable()
    .describe('Default rate with a countermeasure less that without: no causal effect.'),
  verdict: z.enum(['helps', 'never-helps', 'no-difference-shown', 'too-few']),
});

/** What GET /v1/reports/warnings answers. */
export const warningReviewSchema = z.strictObject({
  period: z.strictObject({ from: iso, until: iso }),
  outcomes: z
    .strictObject({ knownUntil: iso.nullable(), why: z.string().optional() })
    .describe('Until when outcomes are known; null with the reason where they were not read.'),
  unwarned: z.int().describe('Customers without a warning whose outcome is known: the base rate is theirs.'),
  rules: z.array(rule).describe('Intervals of 95 %, clustered by customer.'),
  neverHelp: z.array(z.string()).describe('Codes whose precision is, provably, no better than the base rate.'),
  baseRate: z.number().nullable(),
  minimumSample: z.int().describe('Customers below which nothing is concluded.'),
});

/** The operation about what warnings were worth. */
export const warningReviewPaths: JsonObject = {
  '/v1/reports/warnings': {
    get: {
      operationId: 'reviewWarnings',
      summary: 'What the warnings of a period were worth, by rule; as data or as a page to print',
      parameters: [
        inQuery('from', 'Warnings raised from when, ISO 8601.'),
        inQuery('to', 'Until when, ISO 8601; not of the period itself.'),
        {
          name: 'Accept-Language',
          in: 'header',
          description: 'en (default) or zh-CN; of the page',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description: 'The review.',
          content: {
            'application/json': { schema: ref('WarningReview') },
            'text/html': { schema: { type: 'string' } },
          },
        },
      },
    },
  },
};
