import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant, ProbityError } from '../../base/index.ts';
import { CASE_VERDICTS, type CaseEvent } from '../../rating/index.ts';
import type { StoredCase, StoredCaseEvent } from '../../records/cases/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, periodQuery, plainText } from '../http/parse.ts';
import { principalOf, type Principal } from '../http/principal.ts';

type Deps = Pick<ServingDependencies, 'cases'>;

export const caseQuery = pageQuery.extend({
  queue: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Name a queue as the table of authority limits does.')
    .optional(),
  state: z.enum(['waiting', 'closed']).optional(),
});

const reason = plainText(2000).min(1);
const documents = z.array(plainText(200).min(1)).min(1).max(100);

/** What a person or an application does to a case. */
export const caseEventSchema = z
  .strictObject({
    kind: z.enum(['claim', 'ask-documents', 'documents-arrived', 'decide', 'withdraw']),
    documents: documents.optional().meta({ description: 'Names; with ask-documents and documents-arrived.' }),
    verdict: z.enum(CASE_VERDICTS).optional().meta({ description: 'With decide.' }),
    reason: reason.optional().meta({ description: 'With decide and withdraw: why, for the record.' }),
  })
  .superRefine((event, context) => {
    const needed: readonly string[] = NEEDED[event.kind];
    for (const name of ['documents', 'verdict', 'reason'] as const) {
      if (needed.includes(name) === (event[name] !== undefined)) continue;
      const message = needed.includes(name) ? `Needed with ${event.kind}.` : `Not with ${event.kind}.`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

const NEEDED = {
  claim: [],
  'ask-documents': ['documents'],
  'documents-arrived': ['documents'],
  decide: ['verdict', 'reason'],
  withdraw: ['reason'],
} as const;

const placeSchema = z.tuple([isoInstant, z.string().max(40)]);

/** GET /v1/cases: cases in the order of their opening, of one queue or state where that is asked for. */
export function listCases({ cases }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor, queue, state } = parseQuery(caseQuery, request);
    const place = cursor === undefined ? undefined : readCursor('cases', placeSchema, cursor);
    const after = place && { openedAt: place[0], caseId: place[1] };
    const read = await cases.page({ queue, state, after, limit: limit + 1 });
    const page = pageOf('cases', read, limit, (each) => [each.case.openedAt, each.case.caseId]);
    response.json({ ...page, items: page.items.map(caseAnswer) });
  };
}

/** GET /v1/cases/{caseId}: a case with everything that was done to it. */
export function readCase({ cases }: Deps): RequestHandler {
  return async (request, response) => {
    const found = await cases.find(caseIdOf(request.params['caseId']));
    response.json({ ...caseAnswer(found), events: found.events.map(eventAnswer) });
  };
}

/** POST /v1/cases/{caseId}/events: acts on a case as who asks, with the roles of who asks. */
export function actOnCase({ cases }: Deps): RequestHandler {
  return async (request, response) => {
    const caseId = caseIdOf(request.params['caseId']);
    const event = caseEventOf(parseBody(caseEventSchema, request.body), principalOf(request));
    const after = await cases.act(caseId, event);
    response.json({ ...after });
  };
}

/** GET /v1/reports/decision-times: time to decision and the share that was decided without a person. */
export function getDecisionTimes({ cases }: Deps): RequestHandler {
  return async (request, response) => {
    const { from, to } = parseQuery(periodQuery, request);
    const [since, until] = [instant(from), instant(to)];
    if (until <= since)
      throw new ProbityError('INVALID_INPUT', 'The query of the address is not valid.', {
        problems: [{ at: 'to', message: 'The period must end after it begins.' }],
      });
    response.json({ from: since, to: until, ...(await cases.times(since, until)) });
  };
}

function caseEventOf(
  { kind, documents: named = [], verdict, reason: why = '' }: z.output<typeof caseEventSchema>,
  { actor, roles }: Principal,
): CaseEvent {
  switch (kind) {
    case 'claim':
      return { kind, actor, roles };
    case 'decide':
      return { kind, actor, roles, verdict: verdict ?? 'decline', reason: why };
    case 'withdraw':
      return { kind, actor, roles, reason: why };
    default:
      return { kind, actor, roles, documents: named };
  }
}

function caseAnswer({ case: opened }: StoredCase) {
  return { ...opened };
}

function eventAnswer({ revision, at, event }: StoredCaseEvent) {
  return {
    revision,
    at,
    kind: event.kind,
    actor: 'actor' in event ? event.actor : null,
    documents: 'documents' in event ? event.documents : [],
    verdict: 'verdict' in event ? event.verdict : null,
    reason: 'reason' in event ? event.reason : null,
  };
}

function caseIdOf(value: unknown): string {
  const caseId = String(value);
  if (/^[\w-]{1,40}$/.test(caseId)) return caseId;
  throw new ProbityError('UNKNOWN_CASE', 'This is not the id of a case.');
}
