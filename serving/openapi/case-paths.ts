import { z } from 'zod';
import { CASE_VERDICTS } from '../../rating/index.ts';
import { steppedSchema } from './answers.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const texts = z.strictObject({ en: z.string(), 'zh-CN': z.string() });
const money = z.string().describe('Decimal text in major units.');
/** What a verdict sets beside outcome and amount. */
export const verdictParts = {
  reasons: z
    .array(z.strictObject({ code: z.string(), text: texts, asRated: z.literal(true).optional() }))
    .describe(
      'Principal reasons. `asRated`: the customer is told the reasons of model and rules in the place of this text.',
    ),
  conditions: z.array(z.strictObject({ code: z.string(), text: texts, note: z.string().nullable() })),
  terms: z
    .strictObject({ days: z.int(), prepayment: z.number(), guaranteeNeeded: z.boolean() })
    .nullable()
    .describe('Null: those of the rating.'),
  limit: money.describe('The limit in total: what is owed already and the amount; 0 where it declines.'),
};
const putInForce = z
  .strictObject({
    ...verdictParts,
    amount: money.nullable().describe('What may be drawn; null where it declines.'),
    currency: z.string(),
    expiresAt: iso,
    exposure: z.number().describe('What is owed, and lent or asked for, in major units.'),
    together: z
      .number()
      .describe(
        'The same with what else the customer waits for or was lent by people: what authority and four eyes go by.',
      ),
    under: z.strictObject({ policy: z.string(), authority: z.string() }),
  })
  .nullable()
  .describe('What the verdict puts in force; null: it is not given, or was before verdicts had an effect.');
const opinion = z.strictObject({
  verdict: z.enum(CASE_VERDICTS),
  actor: z.string(),
  reason: z.string(),
  at: iso,
  outcome: putInForce,
});
const referred = {
  caseId: z.string(),
  ratingId: z.string(),
  customerId: z.string().nullable(),
  exposure: z
    .number()
    .nullable()
    .describe(
      'What is asked for and owed already, in major units; without an amount, up to the limit by rules. Older cases: what was asked for, null without an amount.',
    ),
  asked: z.number().optional().describe('What of it is asked for; absent in older cases.'),
  causes: z.array(z.string()).describe('Codes of the causes that referred it.'),
  requestedBy: z.string().describe('Who asked for the rating: may not decide the case.'),
  onBehalfOf: z
    .array(z.string())
    .optional()
    .describe(
      'Of a rating that the system asked for: whose request it was asked as, and who had it made; they may not decide the case.',
    ),
  openedAt: iso,
  state: z.enum(['open', 'documents', 'second', 'decided', 'withdrawn']),
  level: z.int(),
  queue: z.string(),
  deadline: iso,
  escalations: z.int(),
  assignee: z.string().nullable(),
  documentsAwaited: z.array(z.string()),
  opinions: z.array(opinion),
  verdict: z.enum(CASE_VERDICTS).nullable(),
  outcome: putInForce,
  closedAt: iso.nullable(),
};
export const caseSchema = z.strictObject(referred);
export const caseStepSchema = steppedSchema(caseSchema);
export const caseWithEventsSchema = z.strictObject({
  ...referred,
  events: z.array(
    z.strictObject({
      revision: z.int(),
      at: iso,
      kind: z.enum(['claim', 'ask-documents', 'documents-arrived', 'decide', 'withdraw', 'deadline-passed']),
      actor: z.string().nullable().describe('Null: the clock.'),
      documents: z.array(z.string()),
      verdict: z.enum(CASE_VERDICTS).nullable(),
      reason: z.string().nullable(),
      outcome: putInForce,
    }),
  ),
});
export const decisionTimesSchema = z.strictObject({
  from: iso,
  to: iso,
  decisions: z.int().describe('Ratings that somebody asked for.'),
  rerated: z.int().describe('Ratings again for reviews and disputes, which are no decisions of their own.'),
  automatic: z.int().describe('Decided without a person.'),
  automaticShare: z.number().nullable(),
  decidedCases: z.int(),
  openCases: z.int(),
  medianHours: z.number().nullable().describe('From opening to decision.'),
  p90Hours: z.number().nullable(),
  inTimeShare: z.number().nullable().describe('Share of decided cases that met their first deadline.'),
});

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const caseId = { name: 'caseId', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } };

/** The operations about referred cases. */
export const casePaths: JsonObject = {
  '/v1/cases': {
    get: {
      operationId: 'listCases',
      summary: 'Referred cases, in the order of their opening',
      parameters: [
        inQuery('queue', 'Only of this queue.'),
        { $ref: '#/components/parameters/Limit' },
        { $ref: '#/components/parameters/Cursor' },
      ],
      responses: { 200: answer('A page of cases.', 'CasePage') },
    },
  },
  '/v1/cases/{caseId}': {
    get: {
      operationId: 'readCase',
      summary: 'One case with everything that was done to it',
      parameters: [caseId],
      responses: { 200: answer('The case.', 'CaseWithEvents'), 404: problem('No such case.') },
    },
  },
  '/v1/cases/{caseId}/events': {
    post: {
      operationId: 'actOnCase',
      summary:
        'Claim a case, ask for documents, say that they arrived, decide or withdraw; stored when answered, and a verdict in force',
      parameters: [caseId],
      requestBody: { required: true, ...content('application/json', ref('CaseEvent')) },
      responses: {
        200: answer('The case as it stands.', 'CaseStep'),
        404: problem('No such case.'),
        409: problem(
          'The case is closed, or this may not be done to it, or not by this person; every problem is listed.',
        ),
        410: problem('The rating that is decided on was erased.'),
      },
    },
  },
  '/v1/reports/decision-times': {
    get: {
      operationId: 'decisionTimes',
      summary: 'Time to decision and the share decided without a person, of the ratings recorded in a period',
      parameters: [
        inQuery('from', 'From when, ISO 8601.'),
        inQuery('to', 'Until when, ISO 8601; not of the period itself.'),
      ],
      responses: { 200: answer('The report.', 'DecisionTimes') },
    },
  },
};
