import { z } from 'zod';
import { pageSchema } from '../http/paging.ts';
import { makesOnce, usedForAnother } from './rating-parameters.ts';
import { content, problem, ref, type JsonObject } from './schema.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const iso = z.string().describe('ISO 8601, UTC');

const files = z.record(z.string(), z.unknown()).describe('The JSON document of each file, by name.');
const proposal = {
  proposalId: z.uuid(),
  rulesHash: hash,
  name: z.string(),
  version: z.int(),
  state: z.enum(['draft', 'submitted', 'approved', 'rejected']),
  author: z.string(),
  note: z.string().nullable(),
  createdAt: iso,
  events: z.array(
    z.strictObject({
      kind: z.enum(['submit', 'approve', 'reject']),
      actor: z.string(),
      reason: z.string().nullable(),
      effect: z.unknown().describe('The simulated effect that was shown, or null.'),
      at: iso,
    }),
  ),
};
export const ruleProposalSchema = z.strictObject(proposal);
export const ruleProposalWithFilesSchema = z.strictObject({ ...proposal, files });
export const ruleReignSchema = z.strictObject({
  rulesHash: hash,
  from: iso,
  how: z.enum(['approve', 'rollback']),
  proposalId: z.uuid().nullable(),
  actor: z.string(),
  reason: z.string().nullable(),
});
export const ruleHistorySchema = pageSchema(ruleReignSchema);
export const rulesInForceSchema = z.strictObject({
  hash,
  from: iso.nullable().describe('Null: the files of the project, as long as the registry holds none.'),
  files,
});
export const soundRulesSchema = z.strictObject({ hash, name: z.string(), version: z.int(), engine: z.string() });

const proposalId = [{ name: 'proposalId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }];
const body = (name: string, required = true): JsonObject => ({ required, ...content('application/json', ref(name)) });
const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const invalid = problem('The rule set is not valid; every problem is listed.');
const unlawful = problem(
  'The rules read what no decision may rest on, or a model in force is kept from seeing; every place is named.',
);
const none = problem('No such proposal.');
const refused = problem('Not in this state, or not by this person.');

/** The operations about rules. */
export const rulePaths: JsonObject = {
  '/v1/rules': {
    get: {
      operationId: 'rules',
      summary: 'The rule set in force, with its files',
      responses: { 200: answer('The rules.', 'RulesInForce') },
    },
  },
  '/v1/rules/history': {
    get: {
      operationId: 'rulesHistory',
      summary: 'What was, is and will be in force, newest first',
      parameters: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: { 200: answer('A page of reigns.', 'RuleHistory') },
    },
  },
  '/v1/rules:validate': {
    post: {
      operationId: 'validateRules',
      summary: 'Read, analyse and test a rule set; nothing is stored',
      requestBody: body('ProposedRules'),
      responses: { 200: answer('It is sound.', 'SoundRules'), 404: problem('No such base.'), 422: invalid },
    },
  },
  '/v1/rules:rollback': {
    post: {
      operationId: 'rollbackRules',
      summary: 'Put the set that was in force before in force again',
      requestBody: body('RefuseRules'),
      responses: { 200: answer('In force now.', 'RuleReign'), 404: problem('There was none before.'), 409: refused },
    },
  },
  '/v1/rules/proposals': {
    get: {
      operationId: 'listRuleProposals',
      summary: 'Proposals, newest first',
      parameters: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: { 200: answer('A page of proposals.', 'RuleProposalPage') },
    },
    post: {
      operationId: 'draftRules',
      summary: 'Draft a change: the files that change, over the set in force; only a sound set is kept',
      parameters: [makesOnce],
      requestBody: body('ProposedRules'),
      responses: {
        409: usedForAnother,
        201: answer('The draft.', 'RuleProposal'),
        404: problem('No such base.'),
        422: invalid,
      },
    },
  },
  '/v1/rules/proposals/{proposalId}': {
    get: {
      operationId: 'readRuleProposal',
      summary: 'One proposal with its files',
      parameters: proposalId,
      responses: { 200: answer('The proposal.', 'RuleProposalWithFiles'), 404: none },
    },
  },
  '/v1/rules/proposals/{proposalId}/submit': {
    post: {
      operationId: 'submitRules',
      summary: 'Ask for approval of a draft',
      parameters: proposalId,
      responses: { 200: answer('The proposal.', 'RuleProposal'), 404: none, 409: refused, 422: unlawful },
    },
  },
  '/v1/rules/proposals/{proposalId}/approve': {
    post: {
      operationId: 'approveRules',
      summary: 'Put a submitted set in force, by a second person',
      parameters: proposalId,
      requestBody: body('ApproveRules', false),
      responses: { 200: answer('From when it is in force.', 'RuleReign'), 404: none, 409: refused, 422: unlawful },
    },
  },
  '/v1/rules/proposals/{proposalId}/reject': {
    post: {
      operationId: 'rejectRules',
      summary: 'Reject a submitted set; needs a reason',
      parameters: proposalId,
      requestBody: body('RefuseRules'),
      responses: { 200: answer('The proposal.', 'RuleProposal'), 404: none, 409: refused },
    },
  },
};
