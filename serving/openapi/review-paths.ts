import { z } from 'zod';
import { REVIEW_CONCLUSIONS, REVIEW_REASONS } from '../../rating/index.ts';
import { steppedSchema } from './answers.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const rating = z.strictObject({
  ratingId: z.string(),
  asOf: iso,
  pd: z.number(),
  score: z.number(),
  grade: z.string(),
  outcome: z.string(),
  limit: z.number().describe('Major units.'),
  exposure: z.number().nullable(),
  validUntil: iso,
});
const terms = z.strictObject({ days: z.number(), prepayment: z.number(), guaranteeNeeded: z.boolean() });
const value = z.union([z.number(), z.string(), z.boolean()]).nullable();
const signedLimit = z
  .number()
  .nullable()
  .optional()
  .describe(
    'To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect.',
  );
const review = {
  reviewId: z.string(),
  customerId: z.string(),
  because: z.array(z.enum(REVIEW_REASONS)),
  findings: z.strictObject({
    now: rating,
    before: rating.nullable().describe('At the last review, or at the first rating.'),
    changes: z
      .array(z.strictObject({ name: z.string(), before: value, after: value }))
      .describe('Features that changed.'),
    decision: z
      .strictObject({
        causes: z.strictObject({ added: z.array(z.string()), gone: z.array(z.string()) }),
        terms: z.strictObject({ before: terms, after: terms }).nullable().describe('Null: the same.'),
      })
      .optional()
      .describe('Causes and terms that changed; absent: there is nothing to compare with.'),
    entries: z
      .array(
        z.strictObject({
          kind: z.string(),
          entryId: z.string(),
          change: z.enum(['added', 'changed', 'removed']),
          knownFrom: iso,
        }),
      )
      .optional()
      .describe('Entries of the credit file that came, changed or went since the last review; absent: not looked at.'),
    lapsedDocuments: z
      .array(z.strictObject({ entryId: z.string(), kind: z.string(), expiresOn: z.string() }))
      .describe('Expired, or within 30 days.'),
  }),
  openedAt: iso,
  dueAt: iso,
  state: z.enum(['open', 'documents', 'second', 'signed-off', 'cancelled']),
  level: z.int(),
  queue: z.string(),
  deadline: iso.describe('When it goes to the next level.'),
  escalations: z.int(),
  assignee: z.string().nullable(),
  documentsAwaited: z.array(z.string()),
  signOffs: z.array(
    z.strictObject({
      conclusion: z.enum(REVIEW_CONCLUSIONS),
      limit: signedLimit,
      actor: z.string(),
      reason: z.string(),
      at: iso,
    }),
  ),
  conclusion: z.enum(REVIEW_CONCLUSIONS).nullable(),
  limit: signedLimit,
  closedAt: iso.nullable(),
  asked: z
    .strictObject({ actor: z.string(), reason: z.string() })
    .optional()
    .describe('Who asked for it, and why; absent: nobody.'),
  reminders: z.array(iso).optional().describe('When it will be reminded of before it is due.'),
};
export const reviewSchema = z.strictObject(review);
export const reviewStepSchema = steppedSchema(reviewSchema);
export const reviewWithEventsSchema = z.strictObject({
  ...review,
  events: z.array(
    z.strictObject({
      revision: z.int(),
      at: iso,
      kind: z.string(),
      actor: z.string().nullable().describe('Null: the clock, or a new rating.'),
      documents: z.array(z.string()),
      conclusion: z.enum(REVIEW_CONCLUSIONS).nullable(),
      limit: z.number().nullable(),
      assignee: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const reviewId = { name: 'reviewId', in: 'path', required: true, schema: { type: 'string', maxLength: 80 } };

/** The operations about reviews of customers. */
export const reviewPaths: JsonObject = {
  '/v1/reviews': {
    get: {
      operationId: 'listReviews',
      summary: 'Reviews of customers, in the order of their opening',
      parameters: [
        inQuery('queue', 'Of this queue.'),
        inQuery('state', 'Standing or closed.'),
        inQuery('customerId', 'Of this customer.'),
        inQuery('dueBy', 'Due by then, ISO 8601.'),
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('A page of reviews.', 'ReviewPage') },
    },
    post: {
      operationId: 'openReview',
      summary: 'Open a review by hand, on a fresh rating',
      requestBody: { required: true, ...content('application/json', ref('NewReview')) },
      responses: {
        201: answer('The review.', 'Review'),
        409: problem('The customer was never rated, or a review stands already.'),
        410: problem('The personal data of this customer were erased.'),
      },
    },
  },
  '/v1/reviews/{reviewId}': {
    get: {
      operationId: 'readReview',
      summary: 'One review: what changed, what lapsed, and everything that was done to it',
      parameters: [reviewId],
      responses: { 200: answer('The review.', 'ReviewWithEvents'), 404: problem('No such review.') },
    },
  },
  '/v1/reviews/{reviewId}/events': {
    post: {
      operationId: 'actOnReview',
      summary:
        'Claim a review, ask for documents, say that they arrived, sign off, cancel or reassign; stored when answered',
      parameters: [reviewId],
      requestBody: { required: true, ...content('application/json', ref('ReviewEvent')) },
      responses: {
        200: answer('The review as it stands.', 'ReviewStep'),
        404: problem('No such review.'),
        409: problem('The review is closed, or this may not be done to it, or not by this person.'),
      },
    },
  },
};
