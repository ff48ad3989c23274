import type { RequestHandler } from 'express';
import { z } from 'zod';
import { isPlainProse, LANGUAGES, NOT_PLAIN, ProbityError } from '../../base/index.ts';
import {
  customerNotice,
  explain,
  JURISDICTIONS,
  NOTICE_CHANNELS,
  noticeDue,
  noticeLetter,
  type NoticeChannel,
} from '../../rating/index.ts';
import type { NoticeEvent, StoredNotice } from '../../records/notices/index.ts';
import { parseRatingId } from '../../records/ratings/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { idOfKey, makeOnce, orNull } from '../http/idempotency.ts';
import { pageOfAll, pageQuery } from '../http/paging.ts';
import { parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { checkCreditor, noticeOf } from '../notices/creditor.ts';
import { noticeAdvice } from '../ratings/answer.ts';
import type { Adviser } from '../ratings/adviser.ts';
import { overrideOf, withOverride } from '../ratings/override-answer.ts';
import type { Recorder } from '../ratings/recorder.ts';

type Deps = Pick<ServingDependencies, 'notices' | 'dossiers' | 'overrides' | 'clock'>;

/** What is to be told to whom. */
export const newNoticeSchema = z.strictObject({
  language: z.enum(LANGUAGES),
  jurisdiction: z.enum(JURISDICTIONS).meta({ description: 'Whose law says what is to be told, and by when.' }),
  channel: z.enum(NOTICE_CHANNELS).meta({
    description: 'email: sent through the configured mail server; postal, handed-over: people do it and enter it.',
  }),
  contactId: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional()
    .meta({ description: 'The contact of the credit file; default: the newest one of the channel’s kind.' }),
});

/** What people enter about a notice. */
export const noticeEventSchema = z
  .strictObject({
    kind: z.enum(['sent', 'delivered', 'bounced', 'replied']),
    text: z
      .string()
      .min(1)
      .max(10_000)
      .refine(isPlainProse, NOT_PLAIN)
      .optional()
      .meta({ description: 'The reply, or a remark; sealed under the customer’s key.' }),
  })
  .superRefine(({ kind, text }, context) => {
    if (kind === 'replied' && text === undefined)
      context.addIssue({ code: 'custom', path: ['text'], message: 'Needed with replied: what was replied.' });
  });

/** Why notices are looked at: put on record. */
export const readQuery = pageQuery.extend({ purpose: plainText(200).min(1) });

/** The contact that a channel needs. */
const CONTACTS: { readonly [channel in NoticeChannel]: 'email' | 'address' | null } = {
  email: 'email',
  postal: 'address',
  'handed-over': null,
};

/** POST /v1/ratings/{ratingId}/notices: issues the notice of a recorded decision to its customer. */
export function issueNotice(deps: Deps, recorder: Recorder, adviser: Adviser): RequestHandler {
  const { notices, overrides, clock } = deps;
  return async (request, response) => {
    const { language, jurisdiction, channel, contactId } = parseBody(newNoticeSchema, request.body);
    checkCreditor(jurisdiction, notices.creditor, 'jurisdiction');
    const { served, recorded, actsHash } = await recorder.recall(String(request.params['ratingId']));
    const { customerId } = served.inputs.request;
    if (typeof customerId !== 'string')
      throw invalid('ratingId', 'This rating names no customer: features came in the request.');
    if (channel === 'email' && !notices.canMail)
      throw invalid('channel', 'No mail server is configured (`mail` of probity.yaml).');
    const { actor } = principalOf(request);
    const make = async (noticeId: string | undefined) => {
      const to = await addressOf(deps, customerId, channel, contactId, actor);
      const at = clock.now();
      const seen = await overrideOf(overrides, served, recorded, at, 'looked-up');
      const explained = withOverride(served.explained, seen);
      const advice = noticeAdvice(explained, await adviser.advise(served, null, actsHash), language);
      const told = customerNotice(explained, explain(explained), jurisdiction, language, at, advice);
      const notice = noticeOf(told, notices.creditor);
      const due = noticeDue(jurisdiction, notice.outcome, recorded.receipt.at);
      return notices.issue({
        customerId,
        noticeId,
        ratingId: recorded.ratingId,
        channel,
        outcome: notice.outcome,
        dueOn: due?.on ?? null,
        actor,
        at,
        content: (noticeId) => ({ notice, letter: noticeLetter(notice, noticeId), to }),
      });
    };
    const stored = await makeOnce(idOfKey(request, 'issueNotice', recorded.ratingId), {
      make,
      find: (noticeId) => orNull(notices.find(noticeId), 'NOT_FOUND'),
      isSame: (made) =>
        made.ratingId === recorded.ratingId &&
        made.channel === channel &&
        made.language === language &&
        made.jurisdiction === jurisdiction,
    });
    notices.wake();
    response.status(201).json(noticeAnswer(stored, await notices.events(stored), clock.now()));
  };
}

/** GET /v1/ratings/{ratingId}/notices: the notices of a rating with everything that happened to them, oldest first. */
export function listNotices({ notices, dossiers, clock }: Deps): RequestHandler {
  return async (request, response) => {
    const { purpose, ...asked } = parseQuery(readQuery, request);
    const { actor } = principalOf(request);
    const ratingId = String(request.params['ratingId']);
    if (parseRatingId(ratingId) === null) throw new ProbityError('UNKNOWN_RATING', 'This is not the id of a rating.');
    const found = await notices.ofRating(ratingId);
    const [first] = found;
    if (first !== undefined) await dossiers.accesses.record(first.customerId, { actor, purpose, what: 'notices' });
    const page = pageOfAll('notices', found, asked, ({ issuedAt, noticeId }) => [issuedAt, noticeId]);
    response.json({ ...page, items: await withEvents(notices, page.items, clock.now()) });
  };
}

/** POST /v1/ratings/{ratingId}/notices/{noticeId}/events: enters that it was sent, arrived or came back, or what was replied. */
export function actOnNotice({ notices, clock }: Deps): RequestHandler {
  return async (request, response) => {
    const { kind, text } = parseBody(noticeEventSchema, request.body);
    const noticeId = String(request.params['noticeId']);
    if (!/^[\w-]{1,64}$/.test(noticeId)) throw new ProbityError('NOT_FOUND', 'There is no such notice.');
    const before = await notices.find(noticeId);
    if (before.ratingId !== request.params['ratingId'])
      throw new ProbityError('NOT_FOUND', 'The rating has no such notice.');
    if (kind === 'sent' && before.channel === 'email')
      throw invalid('kind', 'An e-mail is sent by the mail server, which says so itself.');
    const { actor } = principalOf(request);
    const at = clock.now();
    const after = await notices.act(noticeId, { kind, actor, at, text: text ?? null });
    response.json(noticeAnswer(after, await notices.events(after), at));
  };
}

/** Notices with everything that happened to them, as the API answers them. */
export function withEvents(notices: Deps['notices'], found: readonly StoredNotice[], now: string) {
  return Promise.all(found.map(async (one) => noticeAnswer(one, await notices.events(one), now)));
}

/** Where a notice goes, from the contacts of the credit file; the look is put on record. */
async function addressOf(
  { dossiers }: Deps,
  customerId: string,
  channel: NoticeChannel,
  contactId: string | undefined,
  actor: string,
): Promise<string | null> {
  const wanted = CONTACTS[channel];
  if (wanted === null) return null;
  await dossiers.accesses.record(customerId, { actor, purpose: 'notice', what: 'contacts' });
  const contacts = (await dossiers.files.of(customerId))
    .filter(({ kind, removed }) => kind === 'contact' && !removed)
    .filter(({ entryId }) => contactId === undefined || entryId === contactId)
    .map(({ body, knownFrom }) => ({ body: body as { channel?: unknown; value?: unknown } | null, knownFrom }))
    .filter(({ body }) => body?.channel === wanted)
    .sort((a, b) => (a.knownFrom < b.knownFrom ? 1 : -1));
  const value = contacts[0]?.body?.value;
  if (typeof value !== 'string')
    throw invalid(
      contactId === undefined ? 'channel' : 'contactId',
      `The credit file has no such contact of the kind ${wanted}.`,
    );
  if (wanted === 'email' && !z.email().safeParse(value).success)
    throw invalid('contactId', 'The contact is no e-mail address: mend it in the credit file.');
  return value;
}

function noticeAnswer({ content, nextAt, ...stored }: StoredNotice, events: readonly NoticeEvent[], now: string) {
  const isTold = stored.state !== 'issued' && stored.state !== 'bounced';
  return {
    ...stored,
    overdue: !isTold && stored.dueOn !== null && stored.dueOn < now.slice(0, 10),
    nextAttemptAt: nextAt,
    to: content?.to ?? null,
    notice: content?.notice ?? null,
    letter: content?.letter ?? null,
    events,
  };
}

function invalid(at: string, message: string): ProbityError {
  return new ProbityError('INVALID_INPUT', 'The request is not valid.', { problems: [{ at, message }] });
}
