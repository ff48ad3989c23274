import { z } from 'zod';
import { CASE_VERDICTS } from '../../rating/index.ts';
import { steppedSchema } from './answers.ts';
import { content, inQuery, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const opinion = z.strictObject({ verdict: z.enum(CASE_VERDICTS), actor: z.string(), reason: z.string(), at: iso });
const referred = {
  caseId: z.string(),
  ratingId: z.string(),
  customerId: z.string().nullable(),
  exposure: z.number().nullable().describe('What was asked for, in major units; null: no amount.'),
  causes: z.array(z.string()).describe('Codes of the causes that referred it.'),
  requestedBy: z.string().describe('Who asked for the rating: may not decide the case.'),
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
    }),
  ),
});
export const decisionTimesSchema = z.strictObject({
  from: iso,
  to: iso,
  decisions: z.int(),
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
      summary: 'Claim a case, ask for documents, say that they arrived, decide or withdraw; stored when answered',
      parameters: [caseId],
      requestBody: { required: true, ...content('application/json', ref('CaseEvent')) },
      responses: {
        200: answer('The case as it stands.', 'CaseStep'),
        404: problem('No such case.'),
        409: problem('The case is closed, or this may not be done to it, or not by this person.'),
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
