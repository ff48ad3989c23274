import { z } from 'zod';
import { WARNING_LEVELS } from '../../rating/index.ts';
import { CHANGE_TYPES } from '../../records/changes/index.ts';
import { content, inQuery, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const outcome = z.enum(['approve', 'condition', 'refer', 'decline']);
const rated = z.strictObject({
  asOf: iso,
  pd: z.number(),
  score: z.number(),
  grade: z.string(),
  outcome: outcome.nullable(),
  validUntil: iso.nullable(),
});
const override = z
  .strictObject({
    ratingId: z.string(),
    expiresAt: iso,
    caseId: z.string().optional().describe('The case whose verdict it is; absent: it is an override.'),
    reviewId: z.string().optional().describe('The review whose sign-off ended credit or caps the limit; absent: none.'),
  })
  .optional()
  .describe('The override or verdict in force, where a person decided otherwise than model and rules.');
const limit = z.strictObject({
  totalMinor: z.int().describe('Minor units of the currency.'),
  availableMinor: z.int(),
  currency: z.string(),
  minorDigits: z.int(),
  override,
});
const terms = z.strictObject({ days: z.int(), prepayment: z.number(), guaranteeNeeded: z.boolean(), override });
const hold = z.strictObject({ held: z.boolean(), outcome, causes: z.array(z.string()), override });
const warning = z.strictObject({ code: z.string(), raised: z.boolean() });

const instruction = z.strictObject({
  instructionId: z.string().describe('Always the same for the same instruction: carry it out once.'),
  measureId: z.string().describe('Names the countermeasure, which is confirmed by an event of the warning.'),
  warningId: z.string(),
  measure: z.string().describe('As the catalogue of countermeasures names it.'),
  action: z.enum(['carry-out', 'undo']),
  exposure: z.number().nullable().describe('At stake, in major units; null: not known.'),
  dueBy: iso.nullable(),
});

const review = z.strictObject({
  reviewId: z.string(),
  event: z.enum(['reminder', 'late']),
  dueAt: iso.nullable().describe('Null: it is late.'),
});

const alert = z.strictObject({
  kind: z.enum(['warning', 'monitoring', 'reconciliation']),
  cause: z.enum(['escalated', 'alarm', 'left']),
  about: z.string().describe('Id of the warning, of the report on the model, or of the reconciliation.'),
  level: z.enum(WARNING_LEVELS),
  code: z.string().describe('Code of the warning or alarm.'),
});

const common = {
  id: z.string().describe('Always the same for the same change.'),
  sequence: z.int().min(1).describe('Record of the audit chain.'),
  at: iso.describe('When it was recorded.'),
  ratingId: z.string().nullable(),
  customerId: z.string().nullable().describe('Null where the rating named none, or was erased.'),
  subject: z
    .string()
    .nullable()
    .describe('Pseudonym of the customer, by which an erasure says whose changes to forget.'),
};
const told = <T extends string, S extends z.ZodType>(type: T, state: S) =>
  z.strictObject({
    ...common,
    type: z.literal(type),
    before: state.nullable().describe('In the newest rating before of the customer; null: none, or erased.'),
    after: state.nullable().describe('Null: erased.'),
  });

/** One change of the feed. */
export const changeSchema = z.discriminatedUnion('type', [
  told('rating', rated),
  told('limit', limit),
  told('terms', terms),
  told('hold', hold),
  told('warning', warning),
  told('instruction', instruction),
  told('review', review),
  told('alert', alert),
  told('erasure', z.null()),
]);

/** What GET /v1/changes answers. */
export const changePageSchema = z.strictObject({
  items: z.array(changeSchema),
  cursor: z.string().describe('Where to go on, now or ever after; keep it once the items are taken in.'),
  more: z.boolean().describe('There is more already. False: ask again later.'),
});

/** The operation of the change feed. */
export const changePaths: JsonObject = {
  '/v1/changes': {
    get: {
      operationId: 'changes',
      summary:
        'Ratings, limits, terms, holds, warnings, instructions, reviews, alerts and erasures in order, behind a cursor',
      parameters: [
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
        inQuery('types', `Only these, separated by commas: ${CHANGE_TYPES.join(', ')}.`),
      ],
      responses: { 200: { description: 'A part of the feed.', ...content('application/json', ref('ChangePage')) } },
    },
  },
};
