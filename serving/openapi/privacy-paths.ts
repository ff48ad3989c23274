import { z } from 'zod';
import { LANGUAGES } from '../../base/index.ts';
import { ERASURE_GROUNDS, LEGAL_BASES } from '../../records/privacy/index.ts';
import { fileEntrySchema, reportLinksSchema } from './customer-paths.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const text = z.object(Object.fromEntries(LANGUAGES.map((language) => [language, z.string()])));

const erasure = {
  subject: z.string().describe('The customer’s pseudonym, which is all that stays.'),
  requestedAt: iso,
  actor: z.string(),
  ground: z.enum(ERASURE_GROUNDS),
  reason: z.string().nullable(),
  steps: z
    .array(
      z.strictObject({
        step: z.string(),
        at: iso,
        removed: z.record(z.string(), z.number()).describe('By table or kind of file.'),
      }),
    )
    .describe('What each finished step removed.'),
  completedAt: iso.nullable(),
};
export const erasureSchema = z.strictObject({
  state: z.enum(['running', 'completed']).describe('running: files and histories may still hold the customer.'),
  ...erasure,
});

export const customerExportSchema = z.strictObject({
  format: z.literal('probity.customer-export/1'),
  customerId: z.string(),
  madeAt: iso,
  erasure: z.strictObject(erasure).nullable(),
  file: z.array(fileEntrySchema).describe('Every version of every entry of the credit file.'),
  ratings: z
    .array(z.looseObject({ at: iso, ratingId: z.string(), decision: z.string(), reasons: z.array(text) }))
    .describe('With decisions and reasons in words, newest first.'),
  ratingInputs: z
    .array(z.looseObject({ ratingId: z.string(), engine: z.string() }))
    .describe('What each rating was computed from, as its evidence holds it.'),
  shadowScores: z
    .array(z.looseObject({ ratingId: z.string() }))
    .describe('What challengers said of the ratings; they decided nothing.'),
  reportLinks: reportLinksSchema.shape.items.describe('For whom the report was shared, and when it was opened.'),
  riskReports: z.array(z.looseObject({ reportId: z.string() })).describe('Reports on the customer’s risk.'),
  accesses: z
    .array(z.strictObject({ actor: z.string(), purpose: z.string(), what: z.string(), at: iso }))
    .describe('Who looked at the data.'),
  notices: z
    .array(z.looseObject({ noticeId: z.string() }))
    .describe('What the customer was told, with what the customer replied.'),
  cases: z.array(z.looseObject({})),
  disputes: z.array(z.looseObject({})),
  warnings: z.array(z.looseObject({})),
  signals: z.array(z.looseObject({ code: z.string() })).describe('What looks at signals saw.'),
  reviews: z.array(z.looseObject({})).describe('With findings, sign-offs and every step.'),
  reviewCalendar: z.looseObject({}).nullable(),
  alerts: z
    .array(z.looseObject({ alertId: z.string() }))
    .describe('Whom the firm’s own inboxes told, and who has read it.'),
  legalHolds: z.array(z.looseObject({ holdId: z.string() })),
  portfolioReports: z
    .array(z.strictObject({ reportId: z.string(), list: z.string() }))
    .describe('Lists of reports on the portfolio that name the customer.'),
  overrides: z.array(z.looseObject({ ratingId: z.string() })),
  agreements: z.array(z.looseObject({})),
  facts: z
    .array(z.strictObject({ table: z.string(), values: z.looseObject({}), from: z.enum(['events', 'snapshot']) }))
    .describe('Rows of the canonical tables, every version.'),
  legalBases: z.array(z.looseObject({})),
});

const basis = { source: z.string(), purpose: z.string(), basis: z.enum(LEGAL_BASES) };
export const legalBasesSchema = z.strictObject({
  customerId: z.string(),
  ended: z.int().optional().describe('Consents that this withdrawal ended.'),
  bases: z
    .array(
      z.strictObject({
        basisId: z.string(),
        of: z.enum(['customer', 'everyone']),
        ...basis,
        from: iso,
        until: iso.nullable(),
        actor: z.string(),
        withdrawn: z.strictObject({ actor: z.string(), at: iso }).nullable(),
      }),
    )
    .describe('What is on record, in order; those that ended too.'),
  policy: z
    .array(z.strictObject({ ...basis, from: z.string().nullable(), until: z.string().nullable() }))
    .describe('The project’s policy for everyone; `consent` there says that each customer has to give it.'),
});

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const customerId: JsonObject = {
  name: 'customerId',
  in: 'path',
  required: true,
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};
const purpose = inQuery('purpose', 'Why the data are looked at; put on record.');

/** The operations about customers' rights over their data. */
export const privacyPaths: JsonObject = {
  '/v1/customers/{customerId}/export': {
    get: {
      operationId: 'exportCustomer',
      summary: 'Everything that is held of a customer, for the right of access',
      parameters: [customerId, purpose],
      responses: { 200: answer('All of it.', 'CustomerExport') },
    },
  },
  '/v1/customers/{customerId}/legal-bases': {
    get: {
      operationId: 'listLegalBases',
      summary: 'On what legal bases the data of a customer are used',
      parameters: [customerId, purpose],
      responses: { 200: answer('The bases.', 'LegalBases') },
    },
    post: {
      operationId: 'changeLegalBases',
      summary: 'Record a basis that a customer gives, or that consents are withdrawn',
      parameters: [customerId],
      requestBody: { required: true, ...content('application/json', ref('LegalBasisStep')) },
      responses: {
        200: answer('Withdrawn; `ended` says how many consents.', 'LegalBases'),
        201: answer('It is on record, and ratings go by it from now on.', 'LegalBases'),
        410: problem('The personal data of this customer were erased.'),
      },
    },
  },
  '/v1/customers/{customerId}/erasure': {
    get: {
      operationId: 'readErasure',
      summary: 'How far the erasure of a customer is, and what each step removed',
      parameters: [customerId],
      responses: { 200: answer('The erasure.', 'Erasure'), 404: problem('None was asked for.') },
    },
    post: {
      operationId: 'eraseCustomer',
      summary: 'Erase a customer, for good; asked for again, it removes what came since',
      parameters: [customerId],
      requestBody: { required: true, ...content('application/json', ref('NewErasure')) },
      responses: { 202: answer('It is under way.', 'Erasure') },
    },
  },
};
