import { z } from 'zod';
import { LANGUAGES } from '../../base/index.ts';
import { OUTCOMES } from '../../rating/index.ts';
import { ENTRY_KINDS } from '../../records/credit-file/index.ts';
import { pageSchema } from '../http/paging.ts';
import { agreementSchema } from './agreement-paths.ts';
import { issuedNoticeSchema } from './notice-paths.ts';
import { openDisputeSchema } from './dispute-paths.ts';
import { language, makesOnce, usedForAnother } from './rating-parameters.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');

export const fileEntrySchema = z.strictObject({
  customerId: z.string(),
  kind: z.enum(ENTRY_KINDS as [string, ...string[]]),
  entryId: z.string(),
  version: z.int().min(1),
  happenedAt: iso,
  knownFrom: iso,
  knownUntil: iso.nullable().describe('Null: it stands.'),
  removed: z.boolean(),
  actor: z.string(),
  body: z.looseObject({}).nullable().describe('Null: the personal data were erased; `open` has the rest.'),
  open: z.looseObject({}).describe('What is no personal data.'),
});
export const creditFileSchema = z.strictObject({
  customerId: z.string(),
  erased: z.boolean(),
  disputed: z.array(openDisputeSchema).describe('What the customer disputes, while it is undecided.'),
  entries: z.array(fileEntrySchema).describe('By kind and age; 200 at once unless `limit` says fewer.'),
  nextCursor: z.string().nullable().describe('Send it as `cursor` for the next entries; null: there are no more.'),
  notices: z.array(issuedNoticeSchema).describe('What the customer was told, the newest first, with replies.'),
  agreements: z.array(agreementSchema).describe('What the customer agreed to do.'),
});
export const entryHistorySchema = pageSchema(fileEntrySchema);
const part = z.array(z.looseObject({}));
export const customerRatingsSchema = pageSchema(
  z.strictObject({
    ratingId: z.string(),
    at: iso.describe('When it was recorded.'),
    pd: z.number(),
    horizonMonths: z.int(),
    score: z.number(),
    grade: z.string(),
    outcome: z.enum(OUTCOMES).nullable().describe('What was decided: by a person, where one did.'),
    limit: z.string().nullable().describe('In total, as a decimal with its currency.'),
    validUntil: iso.nullable().describe('Until when it supports a limit.'),
    reasons: z.array(z.string()).describe('In the language that is asked for.'),
  }),
);
export const creditReportSchema = z.strictObject({
  format: z.literal('probity.credit-report/1'),
  customerId: z.string(),
  audience: z.string(),
  madeAt: iso,
  nextReview: z
    .strictObject({ at: iso })
    .nullable()
    .describe('When the customer is reviewed next; null: not known, or not for this audience.'),
  erased: z.boolean(),
  disputed: z.array(openDisputeSchema).describe('What the customer disputes, while it is undecided.'),
  parts: z.strictObject({
    identity: part,
    contact: part,
    document: part,
    guarantee: part,
    review: part,
    note: part,
    rating: part,
    agreement: part,
  }),
  olderRatings: z.literal(true).optional().describe('Older ratings are on record: `customerRatings` lists them all.'),
});
const link = {
  linkId: z.uuid(),
  customerId: z.string(),
  audience: z.string(),
  language: z.enum(LANGUAGES),
  expiresAt: iso,
  createdBy: z.string(),
  createdAt: iso,
  revokedAt: iso.nullable(),
};
export const reportLinkSchema = z.strictObject(link);
export const newReportLinkSchema = z.strictObject({
  ...link,
  path: z.string().describe('Shows the report to who holds it. In this answer and nowhere else.'),
});
export const reportLinksSchema = pageSchema(
  z.strictObject({
    ...link,
    openings: z.array(z.strictObject({ openedAt: iso, outcome: z.enum(['shown', 'expired', 'revoked', 'erased']) })),
  }),
);

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const inPath = (name: string, schema: JsonObject): JsonObject => ({ name, in: 'path', required: true, schema });
const customerId = inPath('customerId', { type: 'string', minLength: 1, maxLength: 200 });
const kind = inPath('kind', { type: 'string', enum: [...ENTRY_KINDS] });
const entryId = inPath('entryId', { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' });
const purpose = inQuery('purpose', 'Why the data are looked at; put on record.');
const body = (name: string): JsonObject => ({ required: true, ...content('application/json', ref(name)) });
const none = problem('The credit file has no such entry or kind.');
const erased = problem('The personal data of this customer were erased: nothing new is sealed.');
const html: JsonObject = { type: 'string' };

/** The operations about customers' credit files and reports. */
export const customerPaths: JsonObject = {
  '/v1/customers/{customerId}/file': {
    get: {
      operationId: 'readFile',
      summary: 'The credit file of a customer, as it stands or as it was known at an instant',
      parameters: [
        customerId,
        purpose,
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('The file.', 'CreditFile') },
    },
  },
  '/v1/customers/{customerId}/ratings': {
    get: {
      operationId: 'customerRatings',
      summary: 'Every rating of a customer whose evidence is there, the newest first',
      parameters: [
        customerId,
        language,
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('The ratings.', 'CustomerRatings') },
    },
  },
  '/v1/customers/{customerId}/file/{kind}': {
    post: {
      operationId: 'addEntry',
      summary: 'Add an entry to the credit file',
      parameters: [customerId, kind, makesOnce],
      requestBody: body('NewFileEntry'),
      responses: { 201: answer('The entry.', 'FileEntry'), 404: none, 409: usedForAnother, 410: erased },
    },
  },
  '/v1/customers/{customerId}/file/{kind}/{entryId}': {
    get: {
      operationId: 'readEntry',
      summary: 'An entry as it stands',
      parameters: [customerId, kind, entryId, purpose],
      responses: { 200: answer('The entry.', 'FileEntry'), 404: none },
    },
    put: {
      operationId: 'putEntry',
      summary: 'Put another version of an entry; the ones before are kept',
      parameters: [customerId, kind, entryId],
      requestBody: body('NewFileEntry'),
      responses: {
        200: answer('The version.', 'FileEntry'),
        404: none,
        409: problem('It stands at another version than `ifVersion`.'),
        410: erased,
      },
    },
    delete: {
      operationId: 'removeEntry',
      summary: 'Remove an entry, by a version that says so',
      parameters: [customerId, kind, entryId],
      responses: { 200: answer('The version.', 'FileEntry'), 404: none, 409: problem('It stands at another version.') },
    },
  },
  '/v1/customers/{customerId}/file/{kind}/{entryId}/history': {
    get: {
      operationId: 'entryHistory',
      summary: 'Every version of an entry, oldest first',
      parameters: [
        customerId,
        kind,
        entryId,
        purpose,
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('The versions.', 'EntryHistory'), 404: none },
    },
  },
  '/v1/customers/{customerId}/report': {
    get: {
      operationId: 'readReport',
      summary: 'The credit report for an audience: file and ratings’ history, as data or as a page to print',
      parameters: [customerId, purpose],
      responses: {
        200: {
          description: 'The report.',
          content: { 'application/json': { schema: ref('CreditReport') }, 'text/html': { schema: html } },
        },
      },
    },
  },
  '/v1/customers/{customerId}/report-links': {
    get: {
      operationId: 'listReportLinks',
      summary: 'Links to the report with their openings, without their tokens',
      parameters: [customerId, { $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: { 200: answer('The links.', 'ReportLinks') },
    },
    post: {
      operationId: 'createReportLink',
      summary: 'Share the report by a link that expires',
      parameters: [customerId, makesOnce],
      requestBody: body('AskReportLink'),
      responses: { 409: usedForAnother, 201: answer('The link.', 'NewReportLink'), 410: erased },
    },
  },
  '/v1/customers/{customerId}/report-links/{linkId}': {
    delete: {
      operationId: 'revokeReportLink',
      summary: 'Revoke a link: it shows nothing from now on',
      parameters: [customerId, inPath('linkId', { type: 'string', format: 'uuid' })],
      responses: { 200: answer('The link.', 'ReportLink'), 404: problem('The customer has no such link.') },
    },
  },
  '/shared/{token}': {
    get: {
      operationId: 'openSharedReport',
      summary: 'The report that a link shares, for who holds the link; each opening is on record',
      parameters: [inPath('token', { type: 'string', maxLength: 200 })],
      responses: {
        200: { description: 'The report as a page.', ...content('text/html', html) },
        404: problem('No such link.'),
        410: problem('It expired, was revoked, or the customer was erased.'),
      },
    },
  },
};
