import { z } from 'zod';
import { OUTCOMES, OVERRIDE_TARGETS } from '../../rating/index.ts';
import { pageSchema } from '../http/paging.ts';
import { makesOnce } from './rating-parameters.ts';
import { receiptSchema } from './answers.ts';
import { verdictParts } from './case-paths.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const money = z.string().describe('Decimal text in major units.');
const texts = z.strictObject({ en: z.string(), 'zh-CN': z.string() });

const decidedSchema = z.strictObject({
  ratingId: z.string(),
  from: z.enum(OUTCOMES),
  to: z.enum(OVERRIDE_TARGETS),
  amount: money.nullable(),
  exposure: z.number().nullable().describe('What is at stake, with what is owed, in major units.'),
  together: z
    .number()
    .optional()
    .describe(
      'The exposure with other overrides of the customer that count together: what authority and four eyes went by. Absent: there is none.',
    ),
  reasonCode: z.string(),
  reason: texts,
  note: z.string().nullable(),
  requestedBy: z.string().describe('Who asked for the rating: takes no part.'),
  onBehalfOf: z
    .array(z.string())
    .optional()
    .describe(
      'Of a rating that the system asked for: whose request it was asked as, and who had it made; they take no part.',
    ),
  proposedBy: z.string(),
  proposedAt: iso,
  expiresAt: iso,
  state: z.enum(['second', 'stands', 'refused', 'revoked']),
  opinions: z.array(z.strictObject({ actor: z.string(), agrees: z.boolean(), reason: z.string().nullable(), at: iso })),
  stoodFrom: iso.nullable(),
  closedAt: iso.nullable(),
  under: z.strictObject({ policy: z.string(), authority: z.string() }),
  verdict: z
    .strictObject({ caseId: z.string(), causes: z.array(z.string()), ...verdictParts })
    .optional()
    .describe('Where it is the verdict of a case: what that set. It is revoked as an override is.'),
  review: z
    .strictObject({ reviewId: z.string(), conclusion: z.enum(['lower', 'end']), limit: z.string() })
    .optional()
    .describe(
      'Where it is the sign-off of a review: the most in total. It is revoked as an override is, below the threshold for two people.',
    ),
});

/** One step of an override. */
export const overrideStepSchema = z.strictObject({
  ratingId: z.string(),
  revision: z.int().min(1),
  receipt: receiptSchema.describe('Where the step stands in the audit chain.'),
  inForce: z.boolean().describe('After this step, now.'),
  override: decidedSchema
    .extend({
      over: decidedSchema
        .optional()
        .describe(
          'Beside the sign-off of a review: what a person decided of the same rating, which goes on. A revocation is of it, while it stands.',
        ),
    })
    .nullable()
    .describe('Null: erased with the customer.'),
});
export const overrideListSchema = pageSchema(overrideStepSchema);
export const overridePageSchema = pageSchema(overrideStepSchema);

const bounds = { value: z.number(), low: z.number(), high: z.number() };
export const share = z.strictObject({ ...bounds, rows: z.int(), customers: z.int(), effectiveRows: z.number() });
const figure = z.number().nullable().describe('Null: one customer alone tells no interval.');
/** Credit that was given against decisions, and what came of it. */
export const lent = {
  count: z.int(),
  known: z.int().describe('Of which the outcome is known.'),
  expectedRate: z.number().nullable().describe('Mean PD of those known.'),
  defaultRate: share.nullable(),
  againstOwn: z
    .strictObject(bounds)
    .nullable()
    .describe('Less the default rate of those approved without override; null: too few customers on a side.'),
  profit: z
    .strictObject({ mean: z.number(), standardError: figure, low: figure, high: figure, pValue: figure })
    .nullable()
    .describe('Of a decision; the model’s own would have earned 0.'),
  verdict: z.enum(['too-few', 'better-than-model', 'worse-than-model', 'no-difference-shown']),
};
export const overrideReportSchema = z.strictObject({
  from: iso,
  until: iso,
  currency: z.string().nullable(),
  decisions: z.int(),
  overridden: z.int().describe('Overrides on them that ever stood.'),
  standing: z.int(),
  neverStood: z.int().describe('Refused, or not confirmed.'),
  outcomes: z
    .strictObject({ knownUntil: iso.nullable(), why: z.string().optional() })
    .describe('Until when outcomes are known; null with the reason where they were not read.'),
  leftOut: z.strictObject({ erased: z.int(), withoutDecision: z.int(), otherCurrency: z.int() }),
  lent: z.strictObject(lent).describe('Credit given against the decision.'),
  refused: z
    .strictObject({
      count: z.int(),
      expectedRate: z.number().nullable(),
      forgone: z.strictObject({ ifAllBad: z.number(), byPd: z.number(), ifAllGood: z.number() }),
    })
    .describe('Credit refused against the decision: no outcome can be known, profit forgone is bounded.'),
  conditionsOnly: z.int(),
  own: share.nullable().describe('Default rate of those approved and not overridden.'),
  byReason: z.array(z.strictObject({ reasonCode: z.string(), ...lent })),
});

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const ratingId = { name: 'ratingId', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } };
const noRating = { 404: problem('No such rating.'), 410: problem('The rating was erased.') };
const unlawful = problem('This may not be done to the decision, or not by this person; every problem is listed.');

/** The operations about overridden decisions. */
export const overridePaths: JsonObject = {
  '/v1/ratings/{ratingId}/overrides': {
    post: {
      operationId: 'proposeOverride',
      summary:
        'Put a decision of your own in the place of a recorded one; from a threshold on a second person confirms',
      parameters: [ratingId, makesOnce],
      requestBody: { required: true, ...content('application/json', ref('NewOverride')) },
      responses: { 201: answer('The override.', 'OverrideStep'), 409: unlawful, ...noRating },
    },
    get: {
      operationId: 'overrideSteps',
      summary: 'Every step of a rating’s overrides, oldest first',
      parameters: [ratingId, { $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: { 200: answer('The steps.', 'OverrideSteps'), ...noRating },
    },
  },
  '/v1/ratings/{ratingId}/overrides/events': {
    post: {
      operationId: 'actOnOverride',
      summary: 'Confirm or refuse an override that waits for a second person, or revoke one that is in force',
      parameters: [ratingId],
      requestBody: { required: true, ...content('application/json', ref('OverrideEvent')) },
      responses: { 200: answer('The override as it stands.', 'OverrideStep'), 409: unlawful, ...noRating },
    },
  },
  '/v1/overrides': {
    get: {
      operationId: 'listOverrides',
      summary: 'The overrides of all ratings as they stand, the newest step first',
      parameters: [
        inQuery('state', 'Only of this state; `second` waits for a second person.'),
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('A page of overrides.', 'OverridePage') },
    },
  },
  '/v1/reports/overrides': {
    get: {
      operationId: 'overrideReport',
      summary: 'Overridden decisions of a period, measured against what model and rules would have done',
      parameters: [
        inQuery('from', 'Decisions recorded from when, ISO 8601.'),
        inQuery('to', 'Until when, ISO 8601; not of the period itself.'),
      ],
      responses: { 200: answer('The report.', 'OverrideReport') },
    },
  },
};
