import type { RequestHandler } from 'express';
import { z } from 'zod';
import { alertText, type Language } from '../../rating/index.ts';
import type { InboxEntry, Reader } from '../../records/alerts/index.ts';
import type { AlertDesk } from '../alerts/desk.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { answerLanguage } from '../http/language.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery } from '../http/parse.ts';
import { principalOf, type Principal } from '../http/principal.ts';

type Deps = Pick<ServingDependencies, 'alerts'>;

export const inboxQuery = pageQuery.extend({ state: z.enum(['unread', 'all']).optional() });
const placeSchema = z.tuple([isoInstant, z.string().max(64)]);

/** What is marked as read. */
export const readInboxSchema = z.strictObject({
  alertIds: z
    .array(z.string().regex(/^[0-9a-f]{32}$/))
    .min(1)
    .max(200),
});

/** GET /v1/inbox: what the one who asks, or a role of theirs, was told; newest first, in the language of the request. */
export function listInbox({ alerts }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor, state = 'all' } = parseQuery(inboxQuery, request);
    const place = cursor === undefined ? undefined : readCursor('inbox', placeSchema, cursor);
    const before = place && { at: place[0], alertId: place[1] };
    const read = await alerts.inbox(readerOf(principalOf(request)), {
      unread: state === 'unread',
      before,
      limit: limit + 1,
    });
    const page = pageOf('inbox', read, limit, ({ alert }) => [alert.at, alert.alertId]);
    const language = answerLanguage(request, response);
    response.json({ ...page, items: page.items.map((entry) => answerOf(entry, alerts, language)) });
  };
}

/** GET /v1/inbox:count: how many entries the one who asks has not read. */
export function countInbox({ alerts }: Deps): RequestHandler {
  return async (request, response) => {
    response.json({ unread: await alerts.unread(readerOf(principalOf(request))) });
  };
}

/** POST /v1/inbox:read: marks entries as read by the one who asks; others with the role still have them unread. */
export function readInbox({ alerts }: Deps): RequestHandler {
  return async (request, response) => {
    const { alertIds } = parseBody(readInboxSchema, request.body);
    const reader = readerOf(principalOf(request));
    await alerts.markRead(reader, alertIds);
    response.json({ unread: await alerts.unread(reader) });
  };
}

const readerOf = ({ actor, roles }: Principal): Reader => ({ actor, roles });

function answerOf({ alert, readAt, endedAt }: InboxEntry, { handling }: AlertDesk, language: Language) {
  const { alertId, kind, cause, about, level, customerId, to, insteadOf, facts, at } = alert;
  const { code, exposure, dueBy, measures } = facts;
  return {
    alertId,
    kind,
    cause,
    about,
    level,
    customerId,
    to,
    insteadOf: insteadOf === '' ? null : insteadOf,
    code,
    exposure,
    dueBy,
    measures,
    at,
    readAt,
    endedAt,
    ...alertText(alert, handling, language),
  };
}
