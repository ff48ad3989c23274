import { z } from 'zod';
import { OUTCOMES } from '../../rating/index.ts';
import { pageSchema } from '../http/paging.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const outcome = z.enum(OUTCOMES);
const state = z.enum(['open', 'kept', 'missed', 'cancelled']);
const result = z.strictObject({ outcome, grade: z.string(), pd: z.number(), score: z.number() });
const agreement = {
  agreementId: z.string(),
  customerId: z.string(),
  ratingId: z.string().describe('The rating that the advice was given on.'),
  agreedAt: iso,
  agreedBy: z.string(),
  target: z.strictObject({ outcome, grade: z.string().nullable() }),
  acts: z.array(
    z.strictObject({
      act: z.string(),
      size: z.number().nullable(),
      due: z.string(),
      measure: z
        .strictObject({
          field: z.string(),
          to: z.union([z.number(), z.string(), z.boolean(), z.null()]),
          way: z.enum(['at-most', 'at-least', 'equals']),
        })
        .describe('What a later rating must show for the act to be done.'),
    }),
  ),
  texts: z.array(z.strictObject({ en: z.string(), 'zh-CN': z.string() })),
  due: z.string().describe('ISO date: the last day of the last act.'),
  before: result.describe('The decision that was advised on.'),
  promised: result.describe('What would be decided once all is done, all else being equal.'),
  state,
  closedAt: iso.nullable(),
  revision: z.int().min(0),
};
export const agreementSchema = z.strictObject(agreement);
export const agreementListSchema = pageSchema(agreementSchema);
export const followedAgreementSchema = z.strictObject({
  ...agreement,
  steps: z.array(z.strictObject({ revision: z.int(), state, actor: z.string(), at: iso })),
  effects: z
    .array(
      z.strictObject({
        ratingId: z.string(),
        at: iso,
        result,
        points: z.number().describe('Won since the rating that was advised on.'),
        shareOfPromise: z.number().nullable(),
        reachesPromise: z.boolean(),
      }),
    )
    .describe('Later ratings, oldest first: what followed, not what the agreement caused.'),
});
export const agreementReportSchema = z.strictObject({
  from: iso,
  until: iso,
  agreements: z.int(),
  overdue: z.int().describe('Open past their due day: not rated since.'),
  keptShare: z.number().nullable().describe('Of those kept or missed.'),
  groups: z.array(
    z.strictObject({
      state,
      count: z.int(),
      rated: z.int().describe('Rated again since; the figures beside are of their newest ratings.'),
      meanPoints: z.number().nullable(),
      meanShareOfPromise: z.number().nullable(),
      reachedPromise: z.int(),
    }),
  ),
});

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const customerId = {
  name: 'customerId',
  in: 'path',
  required: true,
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};
const agreementId = { name: 'agreementId', in: 'path', required: true, schema: { type: 'string', maxLength: 100 } };
const none = problem('The customer has no such agreement.');

/** The operations about improvement agreements. */
export const agreementPaths: JsonObject = {
  '/v1/customers/{customerId}/agreements': {
    get: {
      operationId: 'listAgreements',
      summary: 'A customer’s improvement agreements, reviewed by every rating since, the latest due first',
      parameters: [customerId, { $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: { 200: answer('The agreements.', 'Agreements') },
    },
    post: {
      operationId: 'makeAgreement',
      summary: 'Take the advice on a rating as an agreement; sent again, it answers the one that is there',
      parameters: [customerId],
      requestBody: { required: true, ...content('application/json', ref('NewAgreement')) },
      responses: {
        201: answer('The agreement.', 'Agreement'),
        404: problem('No such rating.'),
        410: problem('The rating was erased.'),
      },
    },
  },
  '/v1/customers/{customerId}/agreements/{agreementId}': {
    get: {
      operationId: 'readAgreement',
      summary: 'An agreement, its states, and what later ratings won of what was promised',
      parameters: [customerId, agreementId],
      responses: { 200: answer('The agreement.', 'FollowedAgreement'), 404: none },
    },
    delete: {
      operationId: 'withdrawAgreement',
      summary: 'Withdraw an open agreement; it stays on record as cancelled',
      parameters: [customerId, agreementId],
      responses: { 200: answer('The agreement.', 'Agreement'), 404: none, 409: problem('It is closed already.') },
    },
  },
  '/v1/reports/agreements': {
    get: {
      operationId: 'agreementReport',
      summary: 'The improvement agreements made in a period, and what followed them',
      parameters: [inQuery('from', 'From when, ISO 8601.'), inQuery('to', 'Until when, ISO 8601.')],
      responses: { 200: answer('The report.', 'AgreementReport') },
    },
  },
};
