import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant, ProbityError } from '../../base/index.ts';
import {
  amountText,
  CASE_VERDICTS,
  MOST_VERDICT_REASONS,
  type CaseEvent,
  type CaseOutcome,
  type ReferralCase,
} from '../../rating/index.ts';
import type { StoredCaseEvent } from '../../records/cases/index.ts';
import { judgedVerdict, type RequestedVerdict } from '../cases/verdict.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { decimalAmount } from '../http/amount.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, periodQuery, plainText } from '../http/parse.ts';
import { principalOf, type Principal } from '../http/principal.ts';
import type { Recorder } from '../ratings/recorder.ts';

type Deps = Pick<ServingDependencies, 'cases'>;
type DecidingDeps = Pick<ServingDependencies, 'cases' | 'overrides' | 'clock'>;

export const caseQuery = pageQuery.extend({
  queue: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Name a queue as the table of authority limits does.')
    .optional(),
  state: z.enum(['waiting', 'closed']).optional(),
});

const reason = plainText(2000).min(1);
const code = z.string().regex(/^[A-Z][A-Z0-9_]{0,62}$/, 'Name it as the override policy does.');
const documents = z.array(plainText(200).min(1)).min(1).max(100);

/** What a person or an application does to a case. */
export const caseEventSchema = z
  .strictObject({
    kind: z.enum(['claim', 'ask-documents', 'documents-arrived', 'decide', 'withdraw']),
    documents: documents.optional().meta({ description: 'Names; with ask-documents and documents-arrived.' }),
    verdict: z.enum(CASE_VERDICTS).optional().meta({ description: 'With decide.' }),
    reason: reason
      .optional()
      .meta({ description: 'With decide and withdraw: why, for the record; customers are not told.' }),
    reasonCodes: z.array(code).min(1).max(MOST_VERDICT_REASONS).optional().meta({
      description:
        'With decide: the principal reasons by their codes in the override policy (overrides.json), the most important first. Customers are told their texts.',
    }),
    amount: decimalAmount.optional().meta({
      description:
        'With decide, needed to approve: what may be drawn, in major units of the decision’s currency, at most what was asked for.',
    }),
    terms: z
      .strictObject({
        days: z.int().min(0).max(3660),
        prepayment: z.number().min(0).max(1).meta({ description: 'Share to be paid in advance, 0 to 1.' }),
        guaranteeNeeded: z.boolean(),
      })
      .optional()
      .meta({ description: 'With decide: payment terms in the place of the rating’s.' }),
    conditions: z
      .array(
        z.strictObject({
          code,
          note: plainText(500)
            .min(1)
            .optional()
            .meta({ description: 'What exactly; the customer is told it as it is.' }),
        }),
      )
      .min(1)
      .max(10)
      .optional()
      .meta({ description: 'With decide and the verdict `condition`: conditions of the override policy.' }),
    expiresAt: isoInstant.optional().meta({
      description:
        'With decide: until when the verdict stands; without it, as long as the policy’s days and the rating’s validity allow.',
    }),
  })
  .superRefine((event, context) => {
    const needed: readonly string[] = NEEDED[event.kind];
    const allowed: readonly string[] = event.kind === 'decide' ? [...needed, ...WITH_DECIDE] : needed;
    for (const name of ['documents', 'verdict', 'reason', ...WITH_DECIDE] as const) {
      const isThere = event[name] !== undefined;
      if (isThere ? allowed.includes(name) : !needed.includes(name)) continue;
      const message = isThere ? `Not with ${event.kind}.` : `Needed with ${event.kind}.`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

/** What a second person who agrees leaves out, and so no schema can ask for. */
const WITH_DECIDE = ['reasonCodes', 'amount', 'terms', 'conditions', 'expiresAt'] as const;

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
    response.json({ ...page, items: page.items.map((each) => caseAnswer(each.case)) });
  };
}

/** GET /v1/cases/{caseId}: a case with everything that was done to it. */
export function readCase({ cases }: Deps): RequestHandler {
  return async (request, response) => {
    const found = await cases.find(caseIdOf(request.params['caseId']));
    response.json({ ...caseAnswer(found.case), events: found.events.map(eventAnswer) });
  };
}

/** POST /v1/cases/{caseId}/events: acts on a case as who asks, with the roles of who asks; a verdict is in force when it is answered. */
export function actOnCase(deps: DecidingDeps, recorder: Recorder): RequestHandler {
  return async (request, response) => {
    const caseId = caseIdOf(request.params['caseId']);
    const body = parseBody(caseEventSchema, request.body);
    const principal = principalOf(request);
    const event =
      body.kind === 'decide'
        ? await judgedVerdict(deps, recorder, caseId, verdictOf(body), principal)
        : caseEventOf(body.kind, body, principal);
    response.json(caseAnswer(await deps.cases.act(caseId, event)));
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

type EventBody = z.output<typeof caseEventSchema>;

function verdictOf(body: EventBody): RequestedVerdict {
  return {
    verdict: body.verdict ?? 'decline',
    reason: body.reason ?? '',
    reasonCodes: body.reasonCodes ?? [],
    amount: body.amount ?? null,
    terms: body.terms ?? null,
    conditions: (body.conditions ?? []).map(({ code: named, note = null }) => ({ code: named, note })),
    expiresAt: body.expiresAt ?? null,
  };
}

function caseEventOf(
  kind: Exclude<EventBody['kind'], 'decide'>,
  { documents: named = [], reason: why = '' }: EventBody,
  { actor, roles }: Principal,
): CaseEvent {
  switch (kind) {
    case 'claim':
      return { kind, actor, roles };
    case 'withdraw':
      return { kind, actor, roles, reason: why };
    default:
      return { kind, actor, roles, documents: named };
  }
}

function caseAnswer({ opinions, outcome, ...opened }: ReferralCase) {
  return {
    ...opened,
    opinions: opinions.map(({ outcome: put, ...opinion }) => ({ ...opinion, outcome: outcomeAnswer(put) })),
    outcome: outcomeAnswer(outcome),
  };
}

/** What a verdict puts in force; null: nothing, as it was given before verdicts had an effect, or there is none yet. */
function outcomeAnswer(outcome: CaseOutcome | undefined) {
  if (outcome === undefined) return null;
  const { amountMinor, limitMinor, currency, ...told } = outcome;
  const money = (minor: number): string => amountText(minor, currency.minorDigits);
  return {
    ...told,
    currency: currency.code,
    amount: amountMinor === null ? null : money(amountMinor),
    limit: money(limitMinor),
  };
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
    outcome: outcomeAnswer('outcome' in event ? event.outcome : undefined),
  };
}

function caseIdOf(value: unknown): string {
  const caseId = String(value);
  if (/^[\w-]{1,40}$/.test(caseId)) return caseId;
  throw new ProbityError('UNKNOWN_CASE', 'This is not the id of a case.');
}
