import { z } from 'zod';
import { LANGUAGES } from '../../base/index.ts';
import { JURISDICTIONS, NOTICE_CHANNELS, NOTICE_EVENTS, NOTICE_STATES, OUTCOMES } from '../../rating/index.ts';
import { pageSchema } from '../http/paging.ts';
import { noticeSchema } from './decision.ts';
import { makesOnce } from './rating-parameters.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');

/** A notice with everything that happened to it. */
export const issuedNoticeSchema = z.strictObject({
  noticeId: z.string(),
  customerId: z.string(),
  ratingId: z.string(),
  channel: z.enum(NOTICE_CHANNELS),
  language: z.enum(LANGUAGES),
  jurisdiction: z.enum(JURISDICTIONS),
  outcome: z.enum(OUTCOMES),
  state: z.enum(NOTICE_STATES),
  revision: z.int().min(0),
  attempts: z.int().min(0).describe('E-mails that a mail server did not take yet.'),
  issuedAt: iso,
  dueOn: z
    .string()
    .nullable()
    .describe('ISO date by which the law wants the customer told (Regulation B: 30 days); null: it sets none.'),
  overdue: z.boolean().describe('Due before today, and not on its way.'),
  nextAttemptAt: iso.nullable().describe('When an e-mail is tried next; null: nothing waits to be sent.'),
  to: z.string().nullable().describe('Where it goes; null: handed over, or erased.'),
  notice: noticeSchema.nullable().describe('Null: erased with the customer.'),
  letter: z.strictObject({ subject: z.string(), text: z.string() }).nullable(),
  events: z.array(
    z.strictObject({
      revision: z.int(),
      kind: z.enum(NOTICE_EVENTS),
      actor: z.string(),
      at: iso,
      code: z.string().nullable().describe('What the mail server answered.'),
      text: z.string().nullable().describe('A reply, or a remark.'),
    }),
  ),
});
export const issuedNoticesSchema = pageSchema(issuedNoticeSchema);

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const inPath = (name: string): JsonObject => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', maxLength: 40 },
});

/** The operations about notices to customers. */
export const noticePaths: JsonObject = {
  '/v1/ratings/{ratingId}/notices': {
    post: {
      operationId: 'issueNotice',
      summary: 'Tell the customer of a recorded decision: result, reasons, advice and rights, by a channel',
      parameters: [inPath('ratingId'), makesOnce],
      requestBody: { required: true, ...content('application/json', ref('NewNotice')) },
      responses: {
        201: answer('The notice, on record; an e-mail is sent soon.', 'IssuedNotice'),
        404: problem('No such rating.'),
        409: problem('This notice was issued already, and did not come back.'),
        410: problem('The rating, or the customer, was erased.'),
      },
    },
    get: {
      operationId: 'listNotices',
      summary: 'The notices of a rating with everything that happened to them, oldest first',
      parameters: [
        inPath('ratingId'),
        inQuery('purpose', 'Why they are looked at; put on record.'),
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('The notices.', 'IssuedNotices'), 404: problem('No such rating.') },
    },
  },
  '/v1/ratings/{ratingId}/notices/{noticeId}/events': {
    post: {
      operationId: 'actOnNotice',
      summary: 'Enter that a notice was sent, arrived or came back, or what was replied',
      parameters: [inPath('ratingId'), inPath('noticeId')],
      requestBody: { required: true, ...content('application/json', ref('NoticeEvent')) },
      responses: {
        200: answer('The notice as it stands.', 'IssuedNotice'),
        404: problem('The rating has no such notice.'),
        409: problem('This cannot happen to the notice as it stands.'),
        410: problem('The customer was erased.'),
      },
    },
  },
};
