import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant, ProbityError, type Json } from '../../base/index.ts';
import { openRules, RULE_SET_FILES, ruleSetHash, type LiveRules, type RuleFiles } from '../../rating/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { idOfKey, makeOnce, orNull } from '../http/idempotency.ts';
import { pageLimits, pageOf, pageOfAll, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { requireKnownFeatures } from '../live/known-features.ts';
import { requireLawfulBeside } from '../live/lawful-rules.ts';

type Deps = Pick<
  ServingDependencies,
  'rules' | 'ruleSets' | 'standards' | 'effectOfRules' | 'lawOfRules' | 'viewFeatures' | 'champions' | 'loadModel'
>;

const file = z.custom<Json>(() => true).meta({ description: 'The JSON document of the file.' });

export const proposedRulesSchema = z.strictObject({
  base: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .meta({ description: 'Hash of the rule set that the files change; default: the one in force.' }),
  files: z
    .strictObject(
      Object.fromEntries(RULE_SET_FILES.map((name) => [name, file.optional()])) as {
        [name in keyof RuleFiles]: z.ZodOptional<typeof file>;
      },
    )
    .meta({ description: 'The files that change, by name; the others stay as they are in the base.' }),
  note: plainText(1000).min(1).optional().meta({ description: 'What the change is for.' }),
});

const reason = plainText(1000).min(1);
export const approveRulesSchema = z.strictObject({
  reason: reason.optional(),
  effectiveFrom: isoInstant.optional().meta({ description: 'In force from then on, not in the past; default: now.' }),
});
export const refuseRulesSchema = z.strictObject({ reason });

/** Reads and tests a proposed set; throws INVALID_RULES with every problem, PROTECTED_ATTRIBUTE where it reads one. */
async function proposed(
  deps: Deps,
  body: unknown,
): Promise<{ readonly live: LiveRules; readonly note: string | null }> {
  const { base, files, note = null } = parseBody(proposedRulesSchema, body);
  const hash = base ?? (await deps.rules.standing()).hash;
  const changed = Object.fromEntries(Object.entries(files).filter(([, document]) => document !== undefined));
  const all = { ...(await deps.rules.load(hash)), ...changed } as RuleFiles;
  const live = await openRules(all, deps.standards.masterScale, deps.lawOfRules);
  await requireKnownFeatures(live.set, deps);
  return { live, note };
}

const summaryOf = ({ set, engine }: LiveRules) => ({ hash: set.hash, name: set.name, version: set.version, engine });

/** GET /v1/rules: the rule set in force, with its files. */
export function getRules({ rules }: Deps): RequestHandler {
  return async (_, response) => {
    const { hash, from } = await rules.standing();
    const files = await rules.load(hash);
    response.json({ hash: ruleSetHash(files), from, files });
  };
}

/** GET /v1/rules/history: what was, is and will be in force, newest first. */
export function getRulesHistory({ ruleSets }: Deps): RequestHandler {
  return async (request, response) => {
    const page = parseQuery(pageQuery, request);
    const all = await ruleSets.history();
    response.json(pageOfAll('rules-history', all, page, ({ from }) => [from], 'descending'));
  };
}

/** POST /v1/rules:validate: reads, analyses and tests a set, and stores nothing. */
export function validateRules(deps: Deps): RequestHandler {
  return async (request, response) => {
    const { live } = await proposed(deps, request.body);
    response.json(summaryOf(live));
  };
}

/** POST /v1/rules/proposals: a draft of a sound set. */
export function draftRules(deps: Deps): RequestHandler {
  return async (request, response) => {
    const { actor } = principalOf(request);
    const { live, note } = await proposed(deps, request.body);
    const made = await makeOnce(idOfKey(request, 'draftRules', ''), {
      make: (proposalId) => deps.ruleSets.draft(live.set, actor, note, proposalId),
      find: (proposalId) => orNull(deps.ruleSets.proposal(proposalId), 'NOT_REGISTERED'),
      isSame: (proposal) => proposal.rulesHash === live.set.hash && proposal.note === note,
    });
    response.status(201).json(made);
  };
}

/** GET /v1/rules/proposals: newest first. */
export function listRuleProposals({ ruleSets }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor } = parseQuery(pageQuery, request);
    const before = cursor === undefined ? null : readCursor('rule-proposals', z.tuple([z.uuid()]), cursor)[0];
    const read = await ruleSets.proposals({ limit: limit + 1, ...(before === null ? {} : { before }) });
    response.json(pageOf('rule-proposals', read, limit, ({ proposalId }) => [proposalId]));
  };
}

/** GET /v1/rules/proposals/{proposalId}: where it stands, who did what, and its files. */
export function readRuleProposal({ ruleSets }: Deps): RequestHandler {
  return async (request, response) => {
    const proposal = await ruleSets.proposal(idOf(request.params['proposalId']));
    response.json({ ...proposal, files: await ruleSets.load(proposal.rulesHash) });
  };
}

/** POST /v1/rules/proposals/{proposalId}/submit: asks for approval; the set's effect on recorded decisions is worked out, kept and shown. */
export function submitRules(deps: Deps): RequestHandler {
  const { ruleSets, effectOfRules } = deps;
  return async (request, response) => {
    const { actor } = principalOf(request);
    const { proposalId, rulesHash, state } = await ruleSets.proposal(idOf(request.params['proposalId']));
    if (state !== 'draft')
      throw new ProbityError('DECISION_REFUSED', `This proposal is ${state}, so it cannot be submitted.`, {
        fix: 'A new proposal can be made at any time.',
      });
    const files = await ruleSets.load(rulesHash);
    await requireLawfulBeside(files, deps);
    const effect = await effectOfRules({ hash: rulesHash, files });
    response.json(await ruleSets.submit(proposalId, actor, effect));
  };
}

/** POST /v1/rules/proposals/{proposalId}/approve: by a second person; answers from when it is in force. */
export function approveRules(deps: Deps): RequestHandler {
  const { ruleSets } = deps;
  return async (request, response) => {
    const { actor } = principalOf(request);
    const body = parseBody(approveRulesSchema, request.body ?? {});
    const effectiveFrom = body.effectiveFrom === undefined ? null : instant(body.effectiveFrom);
    const options = { reason: body.reason ?? null, effectiveFrom };
    const proposalId = idOf(request.params['proposalId']);
    const { rulesHash } = await ruleSets.proposal(proposalId);
    await requireLawfulBeside(await ruleSets.load(rulesHash), deps);
    response.json(await ruleSets.approve(proposalId, actor, options));
  };
}

export function rejectRules({ ruleSets }: Deps): RequestHandler {
  return async (request, response) => {
    const { actor } = principalOf(request);
    const body = parseBody(refuseRulesSchema, request.body);
    response.json(await ruleSets.reject(idOf(request.params['proposalId']), actor, body.reason));
  };
}

/** POST /v1/rules:rollback: the set in force before is in force again. */
export function rollbackRules(deps: Deps): RequestHandler {
  const { ruleSets } = deps;
  return async (request, response) => {
    const { actor } = principalOf(request);
    const body = parseBody(refuseRulesSchema, request.body);
    const check = async (hash: string) => requireLawfulBeside(await ruleSets.load(hash), deps);
    response.json(await ruleSets.rollback(actor, body.reason, check));
  };
}

function idOf(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return value;
  throw new ProbityError('NOT_REGISTERED', 'There is no proposal of rules with this id.');
}
