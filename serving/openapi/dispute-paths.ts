import { z } from 'zod';
import { pageSchema } from '../http/paging.ts';
import { steppedSchema } from './answers.ts';
import { makesOnce, usedForAnother } from './rating-parameters.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const about = z.union([
  z.strictObject({ kind: z.literal('fact'), table: z.string(), key: z.record(z.string(), z.string()) }),
  z.strictObject({ kind: z.literal('rating'), ratingId: z.string() }),
  z.strictObject({ kind: z.literal('entry'), entryKind: z.string(), entryId: z.string() }),
]);
const dispute = {
  disputeId: z.string(),
  customerId: z.string(),
  about,
  claim: z.string(),
  openedBy: z.string().describe('Who put it on record: may not decide it.'),
  openedAt: iso,
  jurisdiction: z.string(),
  deadline: iso,
  wakesAt: iso.describe('When the clock reminds or escalates next.'),
  reminded: z.boolean(),
  escalations: z.int().describe('How often it was handed up because it was late.'),
  state: z.enum(['open', 'upheld', 'rejected', 'withdrawn']),
  decidedBy: z.string().nullable(),
  reason: z.string().nullable(),
  correction: z
    .strictObject({
      table: z.string(),
      values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      happenedAt: iso,
    })
    .nullable(),
  entry: z
    .strictObject({ version: z.int(), removed: z.boolean() })
    .nullable()
    .optional()
    .describe('The version of the disputed entry that says what is right.'),
  facts: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .nullable()
    .optional()
    .describe('Facts that the disputed rating was asked with, as they should be.'),
  closedAt: iso.nullable(),
};
export const disputeSchema = z.strictObject(dispute);
export const disputeStepSchema = steppedSchema(disputeSchema);
export const disputesSchema = pageSchema(
  z.strictObject({
    ...dispute,
    settled: z.boolean().describe('Upheld, its correction recorded and the customer rated again.'),
    ratingId: z.string().nullable().describe('That rating; null: none yet, or none could be made.'),
  }),
);
const { disputeId, customerId, jurisdiction, openedAt, deadline, reminded, escalations } = dispute;
export const disputeQueueSchema = pageSchema(
  z.strictObject({ disputeId, customerId, about, jurisdiction, openedAt, deadline, reminded, escalations }),
);
/** What file and report say of a dispute that is open. */
export const openDisputeSchema = z.strictObject({ disputeId: z.string(), about, openedAt: iso, deadline: iso });

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const inPath = (name: string, maxLength: number): JsonObject => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', minLength: 1, maxLength },
});
const purpose = inQuery('purpose', 'Why the data are looked at; put on record.');

/** The operations about disputes. */
export const disputePaths: JsonObject = {
  '/v1/disputes': {
    get: {
      operationId: 'disputeQueue',
      summary: 'Open disputes of all customers, the nearest deadline first',
      parameters: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: { 200: answer('The disputes, without what the customers say.', 'DisputeQueue') },
    },
  },
  '/v1/customers/{customerId}/disputes': {
    get: {
      operationId: 'listDisputes',
      summary: 'What a customer disputes or disputed, oldest first',
      parameters: [
        inPath('customerId', 200),
        purpose,
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('The disputes.', 'Disputes') },
    },
    post: {
      operationId: 'openDispute',
      summary: 'Put on record that a customer disputes a fact, a rating or an entry of the credit file',
      parameters: [inPath('customerId', 200), makesOnce],
      requestBody: { required: true, ...content('application/json', ref('NewDispute')) },
      responses: {
        201: answer('The dispute, with its deadline.', 'DisputeStep'),
        404: problem('The rating that is disputed is not on record.'),
        409: usedForAnother,
        410: problem('The personal data of this customer were erased.'),
      },
    },
  },
  '/v1/customers/{customerId}/disputes/{disputeId}/events': {
    post: {
      operationId: 'actOnDispute',
      summary:
        'Uphold with what is right, reject or withdraw a dispute; what was upheld is recorded and the customer rated again',
      parameters: [inPath('customerId', 200), inPath('disputeId', 64)],
      requestBody: { required: true, ...content('application/json', ref('DisputeEvent')) },
      responses: {
        200: answer('The dispute as it stands.', 'DisputeStep'),
        404: problem('This customer has no such dispute.'),
        409: problem('The dispute is closed, or this may not be done to it, or not by this person.'),
      },
    },
  },
};
