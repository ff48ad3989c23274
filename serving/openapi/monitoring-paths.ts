import { z } from 'zod';
import { pageSchema } from '../http/paging.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const result = z
  .enum(['alarm', 'immaterial', 'quiet'])
  .describe(
    '`alarm`: significant in the yearly test and material, or an input is broken; `immaterial`: significant only.',
  );
const figure = z.strictObject({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
const bounded = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
const auc = z.strictObject({ auc: z.number(), standardError: z.number(), low: z.number(), high: z.number() });
/** A figure, or when it can be known. */
const knowable = <T extends z.ZodType>(value: T) =>
  z.union([
    z.strictObject({ known: z.literal(true), value }),
    z.strictObject({
      known: z.literal(false),
      on: z.string().nullable().describe('The first instant at which it may be known; null: never from these rows.'),
    }),
  ]);
const matured = z.strictObject({
  vintage: z.string().nullable().describe('Month of observation; null: all of them.'),
  rated: z.int(),
  bads: z.int(),
  matured: z.int().describe('With a known outcome: all that the figures rest on.'),
  open: z.int(),
  nextOn: z.string().nullable().optional().describe('When the next of the open ones can be known.'),
  completeOn: z.string().nullable().describe('When the last of them can.'),
  badRate: knowable(z.strictObject({ rate: z.number(), low: z.number(), high: z.number(), meanPd: z.number() })),
  auc: knowable(z.number()),
  ks: knowable(z.number()),
  logLoss: knowable(z.number()).optional(),
  grades: z.array(
    z.strictObject({
      grade: z.string(),
      test: knowable(
        z.strictObject({
          rows: z.int(),
          bads: z.int(),
          meanPd: z.number(),
          jeffreysP: z.number(),
          binomialP: z.number(),
          badRate: bounded,
          detectableRate: z.number().nullable(),
          power: z.number(),
        }),
      ),
    }),
  ),
});
const outcomes = z.strictObject({ all: matured, vintages: z.array(matured) });
const pair = z.strictObject({ reference: z.number(), present: z.number() });
const told = { matured: z.int(), bads: z.int() };

/** What GET /v1/reports/monitoring/{reportId} answers. */
export const monitoringReportSchema = z.strictObject({
  reportId: z.string().describe('SHA-256 of the report.'),
  madeAt: iso,
  format: z.literal('probity.monitoring/2'),
  slot: z.string(),
  model: z.string(),
  asOf: iso,
  source: z.strictObject({
    snapshotId: z.string(),
    trainingSet: z.string(),
    before: z.strictObject({ asOf: iso, snapshotId: z.string() }).nullable(),
  }),
  population: z.strictObject({
    customers: z.int(),
    inDefault: z.int().nullable().describe('Left out, as in training; null: nobody could tell.'),
    elsewhere: z
      .int()
      .optional()
      .describe('Customers whom other slots decide about, or none, who are left out. Absent: none.'),
    withheld: z
      .array(z.strictObject({ feature: z.string(), source: z.string(), customers: z.int() }))
      .describe('Features that count as missing for customers who give no legal basis for their source.'),
  }),
  thresholds: z.strictObject({
    significance: z.number(),
    gradeShift: z.number(),
    expectedLossChange: z.number(),
    calibrationError: z.number(),
  }),
  verdict: z.strictObject({
    result,
    significant: z.boolean(),
    vanished: z.array(z.string()),
    measures: z.array(
      z.strictObject({
        measure: z.enum(['gradeShift', 'gradeChanges', 'expectedLossChange', 'calibrationError', 'realisedError']),
        value: z.number().nullable(),
        threshold: z.number(),
        material: z.boolean(),
        knowableOn: z
          .string()
          .nullable()
          .optional()
          .describe('Of one that is not known: when it can be; null: no date can be told.'),
      }),
    ),
    causes: z.array(z.strictObject({ segment: z.string().nullable(), feature: z.string(), adjusted: z.number() })),
  }),
  sequential: z
    .strictObject({
      since: z.string(),
      day: z.int(),
      looks: z.int(),
      pairs: z.int(),
      outcomes: z.int(),
      evidence: z.number(),
      needed: z.number(),
      significantSince: z.string().nullable(),
      measures: z.int(),
      path: z.array(z.strictObject({ day: z.int(), evidence: z.number() })),
      leading: z.array(z.strictObject({ measure: z.string(), eValue: z.number() })),
      taken: z.boolean().describe('False: of a day before the newest look, so not taken into the test.'),
    })
    .nullable(),
  looks: z.array(
    z.strictObject({
      segment: z.string().nullable(),
      referenceRows: z.int(),
      referenceCustomers: z.int(),
      presentRows: z.int(),
      inputs: z.array(
        z.strictObject({
          feature: z.string(),
          csi: z.number().nullable(),
          critical: z.number(),
          pValue: z.number(),
          adjusted: z.number(),
          missing: pair,
          unseen: z.number().nullable(),
          outside: z.strictObject({ below: z.number(), above: z.number() }).nullable(),
          jensenShannon: z.number().nullable(),
          wasserstein: z.number().nullable(),
        }),
      ),
      score: z.strictObject({
        psi: z.number(),
        critical: z.number(),
        pValue: z.number(),
        adjusted: z.number(),
        meanPd: pair,
      }),
      grades: z.array(z.strictObject({ grade: z.string(), ...pair.shape })),
    }),
  ),
  domain: auc.nullable(),
  estimated: z.array(
    z.strictObject({
      method: z.enum(['CBPE', 'density ratio']),
      rows: z.int(),
      effectiveRows: z.number(),
      badRate: figure,
      auc: figure,
      logLoss: figure,
    }),
  ),
  noDensityRatio: z
    .enum(['no-rows', 'too-alike', 'too-far-apart'])
    .nullable()
    .optional()
    .describe(
      'Why there is no estimate by density ratio: no validation rows; rows too few or too much alike for a classifier; the two sides told apart nearly always. Null: there is one.',
    ),
  outcomes: z.strictObject({ validation: outcomes, scored: outcomes.nullable(), sampledFrom: z.int() }),
  followedMonths: z
    .int()
    .optional()
    .describe('Of a term structure: the months that its scores, estimates and outcomes here are over.'),
  horizons: z
    .array(z.strictObject({ months: z.int(), figures: matured }))
    .optional()
    .describe('Of a term structure: what came true over each of its horizons, on windows of their own.'),
  checks: z
    .array(
      z.strictObject({
        reportId: z.string(),
        asOf: iso,
        knownOn: iso,
        method: z.enum(['CBPE', 'density ratio']),
        figure: z.enum(['badRate', 'auc', 'logLoss']),
        estimated: figure,
        realised: z.number(),
        held: z.boolean(),
      }),
    )
    .describe('Estimates of earlier reports beside what came true.'),
  corrections: z
    .array(
      z.strictObject({
        vintage: z.string(),
        before: z.strictObject({ reportId: z.string(), asOf: iso, ...told }),
        now: z.strictObject(told),
      }),
    )
    .describe('Outcomes told otherwise than in an earlier report.'),
  actions: z
    .array(
      z.strictObject({
        action: z.enum(['notify', 'retrain', 'shadow', 'fall-back', 'rules-only']),
        state: z.enum(['planned', 'limited', 'done', 'refused']),
        plannedAt: iso,
        settledAt: iso.nullable(),
        detail: z.string().nullable().describe('What was done, or why not.'),
      }),
    )
    .describe('What followed the report; no part of what names it.'),
  movement: z
    .strictObject({
      customers: z.int(),
      worse: z.int(),
      better: z.int(),
      grades: z.array(z.array(z.int())),
      expectedLoss: z.strictObject({ before: z.number(), now: z.number() }),
      limits: z
        .strictObject({ before: z.number(), now: z.number(), ofWorse: z.number(), ofBetter: z.number() })
        .nullable(),
      causes: z.array(
        z.strictObject({ feature: z.string(), expectedLoss: z.number(), meanPd: z.number(), customers: z.int() }),
      ),
    })
    .nullable(),
});

/** One report in the list. */
export const monitoringEntrySchema = z.strictObject({
  reportId: z.string(),
  slot: z.string(),
  model: z.string(),
  asOf: iso,
  madeAt: iso,
  result,
  customers: z.int(),
  evidence: z.number().nullable().describe('Of the yearly test; significant from 20.'),
  scorePsi: z.number().nullable(),
});

/** What GET /v1/reports/monitoring answers. */
export const monitoringPageSchema = pageSchema(monitoringEntrySchema).extend({
  notFollowed: z
    .array(
      z.strictObject({
        slot: z.string(),
        model: z.string(),
        code: z.string().describe('An error code of Probity.'),
        message: z.string(),
        since: iso,
        lastSeen: iso,
      }),
    )
    .describe('Slots whose champion the last look could not follow, and why; gone with the next report on them.'),
});

/** The operations about monitoring of models. */
export const monitoringPaths: JsonObject = {
  '/v1/reports/monitoring': {
    get: {
      operationId: 'listMonitoringReports',
      summary: 'Reports on the models of slots, newest first, and which slots are not followed',
      parameters: [
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
        inQuery(
          'slot',
          'A slot, such as `trade/farm/12m`, `trade/*/6m/late-30d` or `trade/*/36m/term-3m`; `all`: every slot. Absent: the slot of all segments for default.',
        ),
      ],
      responses: {
        200: { description: 'A page of reports.', ...content('application/json', ref('MonitoringReportPage')) },
      },
    },
  },
  '/v1/reports/monitoring/{reportId}': {
    get: {
      operationId: 'readMonitoringReport',
      summary:
        'One report and what followed it: the yearly test, inputs, scores, movement, estimates and outcomes; as data or as a page to print',
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
            'application/json': { schema: ref('MonitoringReport') },
            'text/html': { schema: { type: 'string' } },
          },
        },
        404: problem('No such report.'),
      },
    },
  },
};
