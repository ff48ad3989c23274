import { z } from 'zod';
import { ROLES } from '../../base/index.ts';
import { WARNING_ENDINGS, WARNING_LEVELS } from '../../rating/index.ts';
import { steppedSchema } from './answers.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const facts = z.array(
  z.strictObject({
    topic: z.string().describe('The signal that it speaks for.'),
    table: z.string(),
    key: z.string(),
    on: z.string().nullable(),
    amount: z.number().nullable(),
  }),
);
const signals = z
  .strictObject({
    asOf: iso.describe('Nothing that was learned later counts.'),
    snapshotId: z.string(),
    rules: z.string().describe('Hash of the tables.'),
    rows: z.array(z.string()).describe('Table and row.'),
    values: z.record(z.string(), z.number()),
    facts,
    others: z
      .strictObject({ customers: z.int(), exposure: z.number().nullable() })
      .nullable()
      .describe('Other customers whom it concerns; see /customers.'),
    circle: z
      .enum(['group', 'identity'])
      .optional()
      .describe('Of all customers of a group, or of those with equal identity data, together; absent: of one alone.'),
    proposal: z
      .strictObject({
        file: z.string(),
        path: z.string(),
        value: z.record(z.string(), z.unknown()),
      })
      .nullable()
      .describe('A change of policy that a person may propose as it stands: the value is to stand at the path.'),
  })
  .describe('What a look at signals saw; absent where a rating showed the trigger.');
const sighting = z.strictObject({
  ratingId: z.string().describe('Of the rating, or of the look at signals.'),
  level: z.enum(WARNING_LEVELS),
  exposure: z.number().nullable().describe('At stake, in major units; null: not known.'),
  pd: z.number().nullable().describe('Null: never scored.'),
  grade: z.string().nullable(),
  at: iso,
  signals: signals.optional(),
});
const measure = z.strictObject({
  measureId: z.string(),
  code: z.string(),
  by: z.enum(['erp', 'person']),
  state: z
    .enum(['proposed', 'rejected', 'approved', 'confirmed', 'failed', 'undoing', 'undone'])
    .describe('approved and undoing wait to be carried out, and to be confirmed.'),
  proposedBy: z.string().describe('policy, or who.'),
  approvedBy: z.string().nullable(),
  dueBy: iso.nullable(),
  since: iso,
  reason: z.string().nullable(),
  undoings: z.int().optional().describe('How many times it was to be undone; absent: never.'),
});
const warning = {
  warningId: z.string(),
  customerId: z
    .string()
    .describe('Of an industry: industry:CODE. Of a group a head of it, of equal identity data who was seen first.'),
  segment: z.string().nullable(),
  code: z.string().describe('What raised it, as the rules name it.'),
  level: z.enum(WARNING_LEVELS),
  exposure: z.number().nullable(),
  raisedBy: sighting,
  lastSeen: sighting,
  sightings: z.int(),
  ceasedAt: iso.nullable().describe('When the trigger was gone; null: it stands.'),
  openedAt: iso,
  state: z.enum(['open', 'acknowledged', 'snoozed', 'closed']),
  step: z.int(),
  role: z.enum(ROLES).describe('The lowest role that acts on it now.'),
  owner: z.string().nullable(),
  deputy: z.string().nullable(),
  acknowledgeBy: iso,
  acknowledgedAt: iso.nullable(),
  closeBy: iso,
  snoozedUntil: iso.nullable(),
  escalations: z.int(),
  ignored: z.boolean(),
  measures: z.array(measure),
  closing: z
    .enum(WARNING_ENDINGS)
    .nullable()
    .optional()
    .describe(
      'How it ends once the countermeasures that stand until it is closed are undone; absent or null: it is not being closed.',
    ),
  outcome: z.enum(WARNING_ENDINGS).nullable(),
  closedAt: iso.nullable(),
};
export const warningSchema = z.strictObject(warning);
export const warningStepSchema = steppedSchema(warningSchema);
const text = z.string().nullable();
export const warningWithEventsSchema = z.strictObject({
  ...warning,
  related: z
    .array(
      z.strictObject({
        warningId: z.string(),
        customerId: z.string(),
        code: z.string(),
        level: z.enum(WARNING_LEVELS),
        because: z.enum(['customer', 'group', 'identity', 'industry']),
      }),
    )
    .describe(
      'Standing warnings of the customer, its group, those with equal identity data, and its industry; at most 50.',
    ),
  events: z.array(
    z.strictObject({
      revision: z.int(),
      at: iso,
      kind: z.string(),
      actor: text.describe('Null: the clock, or a rating.'),
      measure: text,
      measureId: text,
      owner: text,
      until: text,
      outcome: text,
      reason: text,
      ratingId: text,
    }),
  ),
});

const both = { en: z.string(), 'zh-CN': z.string() };
export const warningWordsSchema = z.strictObject({
  codes: z.record(z.string(), z.strictObject(both)),
  signals: z.record(z.string(), z.strictObject({ ...both, unit: z.string() })),
});

export const warningCustomerSchema = z.strictObject({
  customerId: z.string(),
  kind: z.enum(['group', 'identity', 'industry']),
  exposure: z.number().nullable(),
  seen: z
    .strictObject({
      level: z.enum(WARNING_LEVELS),
      rows: z.array(z.string()),
      values: z.record(z.string(), z.number()),
      facts,
    })
    .nullable()
    .describe('What its own signals show, where the warning is of all of a group, or of equal identity data.'),
});

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const warningId = { name: 'warningId', in: 'path', required: true, schema: { type: 'string', maxLength: 120 } };

/** The operations about early warnings. */
export const warningPaths: JsonObject = {
  '/v1/warnings': {
    get: {
      operationId: 'listWarnings',
      summary: 'Early warnings, in the order of their opening',
      parameters: [
        inQuery('state', 'Standing or closed.'),
        inQuery('level', 'Of this level.'),
        inQuery('owner', 'Of this owner.'),
        inQuery('customerId', 'Of this customer.'),
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('A page of warnings.', 'WarningPage') },
    },
  },
  '/v1/warnings:handling': {
    get: {
      operationId: 'warningHandling',
      summary: 'Levels, countermeasures, and who looks after whom',
      responses: { 200: answer('How the project handles warnings.', 'WarningHandling') },
    },
  },
  '/v1/warnings:words': {
    get: {
      operationId: 'warningWords',
      summary: 'What codes and signals are called, in both languages',
      responses: { 200: answer('By code, and by signal with its unit.', 'WarningWords') },
    },
  },
  '/v1/warnings/{warningId}': {
    get: {
      operationId: 'readWarning',
      summary: 'One warning with everything that was done to it',
      parameters: [warningId],
      responses: { 200: answer('The warning.', 'WarningWithEvents'), 404: problem('No such warning.') },
    },
  },
  '/v1/warnings/{warningId}/customers': {
    get: {
      operationId: 'listWarningCustomers',
      summary: 'Other customers whom a warning concerns: of its group or industry, or with equal identity data',
      parameters: [warningId, { $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: { 200: answer('A page of customers.', 'WarningCustomerPage'), 404: problem('No such warning.') },
    },
  },
  '/v1/warnings/{warningId}/events': {
    post: {
      operationId: 'actOnWarning',
      summary:
        'Acknowledge a warning, hand it on, put it off, close it; propose, approve, confirm or undo countermeasures; stored when answered',
      parameters: [warningId],
      requestBody: { required: true, ...content('application/json', ref('WarningEvent')) },
      responses: {
        200: answer('The warning as it stands.', 'WarningStep'),
        404: problem('No such warning.'),
        409: problem('The warning is closed, or this may not be done to it, or not by this person.'),
      },
    },
  },
};
