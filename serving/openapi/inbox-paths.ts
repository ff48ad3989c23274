import { z } from 'zod';
import { ALERT_CAUSES, ALERT_KINDS, WARNING_LEVELS } from '../../rating/index.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');

/** What GET /v1/inbox answers of each entry. */
export const inboxEntrySchema = z.strictObject({
  alertId: z.string(),
  kind: z.enum(ALERT_KINDS),
  cause: z.enum(ALERT_CAUSES),
  about: z.string().describe('Id of the warning, alarm, report, dispute, case or review.'),
  level: z.enum(WARNING_LEVELS),
  customerId: z.string().nullable(),
  to: z.strictObject({ kind: z.enum(['person', 'role']), name: z.string() }),
  insteadOf: z.string().nullable().describe('Who could not be reached before; null: nobody.'),
  code: z.string().describe('Of the warning or alarm, or which report.'),
  exposure: z.number().nullable(),
  dueBy: iso.nullable(),
  measures: z.array(z.string()).describe('Codes of the catalogue of countermeasures.'),
  at: iso,
  readAt: iso.nullable().describe('When who asks marked it as read; null: not yet.'),
  endedAt: iso
    .nullable()
    .describe('Since when what it tells is settled, or another’s turn: it counts as read. Null: it stands.'),
  subject: z.string(),
  text: z.string(),
});
export const inboxCountSchema = z.strictObject({ unread: z.int() });

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});

/** The operations about what people are told. */
export const inboxPaths: JsonObject = {
  '/v1/inbox': {
    get: {
      operationId: 'inbox',
      summary: 'What you, or a role of yours, were told: warnings, alarms, reports; newest first',
      parameters: [
        inQuery('state', 'Only what you have not read, or all (default).'),
        {
          name: 'Accept-Language',
          in: 'header',
          description: 'en (default) or zh-CN; of the texts',
          schema: { type: 'string' },
        },
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('A page of entries.', 'InboxPage') },
    },
  },
  '/v1/inbox:count': {
    get: {
      operationId: 'inboxCount',
      summary: 'How many entries you have not read',
      responses: { 200: answer('The number.', 'InboxCount') },
    },
  },
  '/v1/inbox:read': {
    post: {
      operationId: 'readInbox',
      summary: 'Mark entries as read by you; others with the role still have them unread',
      requestBody: { required: true, ...content('application/json', ref('ReadInbox')) },
      responses: {
        200: answer('How many you have not read now.', 'InboxCount'),
        404: problem('Some are not in your inbox; none was marked.'),
      },
    },
  },
};
