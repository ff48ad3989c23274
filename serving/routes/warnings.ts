import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import { WARNING_ENDINGS, WARNING_LEVELS, type EarlyWarning, type PersonalWarningEvent } from '../../rating/index.ts';
import type { StoredWarning, StoredWarningEvent } from '../../records/warnings/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf, type Principal } from '../http/principal.ts';

type Deps = Pick<ServingDependencies, 'warnings'>;

export const warningQuery = pageQuery.extend({
  state: z.enum(['standing', 'closed']).optional(),
  level: z.enum(WARNING_LEVELS).optional(),
  owner: plainText(200).min(1).optional(),
  customerId: plainText(200).min(1).optional(),
});

const KINDS = [
  'acknowledge',
  'assign',
  'propose',
  'approve',
  'reject',
  'confirm',
  'fail',
  'undo',
  'snooze',
  'close',
] as const;
const OPTIONAL = ['owner', 'measure', 'measureId', 'until', 'outcome', 'reason'] as const;
const NEEDED: Readonly<Record<(typeof KINDS)[number], readonly (typeof OPTIONAL)[number][]>> = {
  acknowledge: [],
  assign: ['owner'],
  propose: ['measure', 'reason'],
  approve: ['measureId'],
  reject: ['measureId', 'reason'],
  confirm: ['measureId'],
  fail: ['measureId', 'reason'],
  undo: ['measureId', 'reason'],
  snooze: ['until', 'reason'],
  close: ['outcome', 'reason'],
};

/** What a person or an application does to a warning. */
export const warningEventSchema = z
  .strictObject({
    kind: z.enum(KINDS),
    owner: plainText(200).min(1).optional().meta({ description: 'With assign.' }),
    measure: plainText(63).min(1).optional().meta({ description: 'A code of the catalogue; with propose.' }),
    measureId: plainText(120).min(1).optional().meta({ description: 'With approve, reject, confirm, fail and undo.' }),
    until: isoInstant.optional().meta({ description: 'ISO 8601; with snooze.' }),
    outcome: z.enum(WARNING_ENDINGS).optional().meta({ description: 'With close.' }),
    reason: plainText(2000)
      .min(1)
      .optional()
      .meta({ description: 'With propose, reject, fail, undo, snooze and close: why, for the record.' }),
  })
  .superRefine((event, context) => {
    const needed = NEEDED[event.kind];
    for (const name of OPTIONAL) {
      if (needed.includes(name) === (event[name] !== undefined)) continue;
      const message = needed.includes(name) ? `Needed with ${event.kind}.` : `Not with ${event.kind}.`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

const placeSchema = z.tuple([isoInstant, z.string().max(120)]);

/** GET /v1/warnings: early warnings in the order of their opening, of one state, level, owner or customer where that is asked for. */
export function listWarnings({ warnings }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor, ...which } = parseQuery(warningQuery, request);
    const place = cursor === undefined ? undefined : readCursor('warnings', placeSchema, cursor);
    const after = place && { openedAt: place[0], warningId: place[1] };
    const read = await warnings.page({ ...which, after, limit: limit + 1 });
    const page = pageOf('warnings', read, limit, ({ warning }) => [warning.openedAt, warning.warningId]);
    response.json({ ...page, items: page.items.map(answerOf) });
  };
}

/** GET /v1/warnings/{warningId}: a warning with everything that was done to it. */
export function readWarning({ warnings }: Deps): RequestHandler {
  return async (request, response) => {
    const found = await warnings.find(warningIdOf(request.params['warningId']));
    response.json({ ...answerOf(found), related: found.related, events: found.events.map(eventAnswer) });
  };
}

const memberPlaceSchema = z.tuple([z.string().max(200)]);

/** GET /v1/warnings/{warningId}/customers: other customers whom a warning concerns: of its group or its industry, or with equal identity data. */
export function listWarningCustomers({ warnings }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor } = parseQuery(pageQuery, request);
    const place = cursor === undefined ? undefined : readCursor('warning-customers', memberPlaceSchema, cursor);
    const read = await warnings.members(warningIdOf(request.params['warningId']), place?.[0] ?? '', limit + 1);
    const page = pageOf('warning-customers', read, limit, ({ memberId }) => [memberId]);
    const items = page.items.map(({ memberId, kind, exposure, seen }) => ({
      customerId: memberId,
      kind,
      exposure,
      seen,
    }));
    response.json({ ...page, items });
  };
}

/** POST /v1/warnings/{warningId}/events: acts on a warning as who asks, with the roles of who asks. */
export function actOnWarning({ warnings }: Deps): RequestHandler {
  return async (request, response) => {
    const warningId = warningIdOf(request.params['warningId']);
    const event = eventOf(parseBody(warningEventSchema, request.body), principalOf(request));
    const after = await warnings.act(warningId, event);
    response.json({ ...after });
  };
}

/** GET /v1/warnings:handling: the levels, the catalogue of countermeasures and who looks after whom, in both languages. */
export function getWarningHandling({ warnings }: Deps): RequestHandler {
  return (_request, response) => {
    response.json(warnings.handling);
  };
}

/** GET /v1/warnings:words: what codes and signals are called, in both languages. */
export function getWarningWords({ warnings }: Deps): RequestHandler {
  return async (_request, response) => {
    response.json(await warnings.words());
  };
}

function eventOf(
  {
    kind,
    owner = '',
    measure = '',
    measureId = '',
    until = '',
    outcome,
    reason = '',
  }: z.output<typeof warningEventSchema>,
  { actor, roles }: Principal,
): PersonalWarningEvent {
  const by = { actor, roles };
  switch (kind) {
    case 'acknowledge':
      return { kind, ...by };
    case 'assign':
      return { kind, owner, ...by };
    case 'propose':
      return { kind, measure, reason, ...by };
    case 'approve':
    case 'confirm':
      return { kind, measureId, ...by };
    case 'snooze':
      return { kind, until: new Date(until).toISOString(), reason, ...by };
    case 'close':
      return { kind, outcome: outcome ?? 'false-alarm', reason, ...by };
    default:
      return { kind, measureId, reason, ...by };
  }
}

function answerOf({ warning }: StoredWarning): EarlyWarning {
  return { ...warning };
}

function eventAnswer({ revision, at, event }: StoredWarningEvent) {
  const told = new Map<string, unknown>(Object.entries(event));
  const text = (name: string): string | null => (told.has(name) ? String(told.get(name)) : null);
  return {
    revision,
    at,
    kind: event.kind,
    actor: text('actor'),
    measure: text('measure'),
    measureId: text('measureId'),
    owner: text('owner'),
    until: text('until'),
    outcome: text('outcome'),
    reason: text('reason'),
    ratingId: event.kind === 'seen' ? event.sighting.ratingId : event.kind === 'ceased' ? event.ratingId : null,
  };
}

function warningIdOf(value: unknown): string {
  const warningId = String(value);
  if (/^[\w.-]{1,120}$/.test(warningId)) return warningId;
  throw new ProbityError('UNKNOWN_WARNING', 'This is not the id of a warning.');
}
