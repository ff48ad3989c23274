import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { canonicalJson, instant, isProbityError, ProbityError } from '../../base/index.ts';
import {
  ENTRY_KINDS,
  parseEntry,
  type CreditReport,
  type EntryKind,
  type FileEntry,
} from '../../records/credit-file/index.ts';
import type { Dossiers } from '../customers/dossiers.ts';
import { subjectErased } from '../customers/privacy.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { AgreementReviewer } from '../agreements/reviewer.ts';
import { changeAsSeen, checkIfMatch, tagOf } from '../http/cacheable.ts';
import { idOfKey, madeOnce } from '../http/idempotency.ts';
import { pageLimits, pageOfAll, pageQuery } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { agreementAnswer } from './agreements.ts';
import { withEvents } from './notices.ts';

type Deps = Pick<ServingDependencies, 'dossiers' | 'privacy' | 'clock' | 'notices' | 'disputes'>;

/** Why personal data are looked at: asked for at every read, and put on record. */
const purpose = plainText(200).min(1);
export const readQuery = z.strictObject({ purpose });
export const listQuery = pageQuery.extend({ purpose });
export const fileQuery = listQuery.extend({ knownAt: isoInstant.optional() });
export const removeQuery = z.strictObject({
  ifVersion: z
    .string()
    .regex(/^\d{1,9}$/, 'Send a version.')
    .transform(Number)
    .pipe(z.int().min(1).max(999_999_999))
    .optional(),
});

export const entrySchema = z.strictObject({
  happenedAt: isoInstant.optional().meta({ description: 'When it was so, in the world; default: now.' }),
  ifVersion: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'The version that this changes, 0 for none; where another stands it is 409.' }),
  body: z.record(z.string(), z.unknown()).meta({ description: 'The entry, as its kind asks (docs/credit-file.md).' }),
});

/** GET /v1/customers/{customerId}/file: the credit file as it stands, or as it was known at an instant. */
export function readFile({ dossiers, notices, disputes, clock }: Deps, reviewer: AgreementReviewer): RequestHandler {
  return async (request, response) => {
    const customerId = customerOf(request);
    const { purpose: why, knownAt, ...asked } = parseQuery(fileQuery, request);
    await looked(dossiers, request, customerId, why, 'credit-file');
    const all = await dossiers.files.of(customerId, knownAt === undefined ? undefined : instant(knownAt));
    const page = pageOfAll('credit-file', all, { limit: pageLimits.most, ...asked }, (entry) => [
      ENTRY_KINDS.indexOf(entry.kind),
      entry.knownFrom,
      entry.entryId,
    ]);
    const [reviewed, told, disputed] = await Promise.all([
      reviewer.reviewed(customerId),
      notices.ofCustomer(customerId).then((found) => withEvents(notices, found, clock.now())),
      openDisputes(disputes, customerId),
    ]);
    const agreements = reviewed.map(agreementAnswer);
    const erased = await dossiers.isErased(customerId);
    const { items: entries, nextCursor } = page;
    response.json({ customerId, erased, disputed, entries, nextCursor, agreements, notices: told });
  };
}

/** Lets nothing new about an erased customer in. Throws SUBJECT_ERASED. */
export function unlessErased({ privacy }: Pick<Deps, 'privacy'>): RequestHandler {
  return (request, _response, next) => {
    if (privacy.isErased(customerOf(request))) throw subjectErased();
    next();
  };
}

/** POST /v1/customers/{customerId}/file/{kind}: a new entry. */
export function addEntry({ dossiers, clock }: Deps): RequestHandler {
  return async (request, response) => {
    const { happenedAt, ifVersion, body } = parseBody(entrySchema, request.body);
    const customerId = customerOf(request);
    const kind = kindOf(request);
    const entryId = idOfKey(request, 'addEntry', customerId);
    if (ifVersion !== undefined && ifVersion !== 0)
      throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
        problems: [{ at: 'ifVersion', message: 'A new entry changes none.', fix: 'PUT to the entry.' }],
      });
    const at = happenedAt === undefined ? clock.now() : instant(happenedAt);
    const { actor } = principalOf(request);
    const entry = { customerId, kind, happenedAt: at, actor, body };
    // An identity is one entry however often it is sent.
    if (entryId === undefined || kind === 'identity') {
      sendEntry(response.status(201), await dossiers.files.put(entry));
      return;
    }
    try {
      sendEntry(response.status(201), await dossiers.files.put({ ...entry, entryId, ifVersion: 0 }));
    } catch (error) {
      if (!isProbityError(error) || error.code !== 'CONFLICT') throw error;
      // The key made it already: the first version answers, whatever became of it since.
      const first = (await dossiers.files.history(customerId, kind, entryId)).find(({ version }) => version === 1);
      if (first === undefined) throw error;
      const isSame =
        canonicalJson(first.body) === canonicalJson(parseEntry(kind, body)) &&
        (happenedAt === undefined || first.happenedAt === at);
      response.status(201).json(madeOnce(first, isSame));
    }
  };
}

/** GET /v1/customers/{customerId}/file/{kind}/{entryId}: an entry as it stands. */
export function readEntry({ dossiers }: Deps): RequestHandler {
  return async (request, response) => {
    const place = placeOf(request);
    const { purpose: why } = parseQuery(readQuery, request);
    await looked(dossiers, request, place.customerId, why, 'credit-file');
    const entry = await standingEntry(dossiers, place);
    if (entry === null) throw new ProbityError('NOT_FOUND', 'The credit file has no such entry.');
    response.json(entry);
  };
}

/** PUT /v1/customers/{customerId}/file/{kind}/{entryId}: another version of an entry. */
export function putEntry({ dossiers, clock }: Deps): RequestHandler {
  return async (request, response) => {
    const { happenedAt, ifVersion, body } = parseBody(entrySchema, request.body);
    const at = happenedAt === undefined ? clock.now() : instant(happenedAt);
    const { actor } = principalOf(request);
    const place = placeOf(request);
    const seen = await seenVersion(dossiers, request, place, ifVersion);
    const put = () => dossiers.files.put({ ...place, ...seen, happenedAt: at, actor, body });
    sendEntry(response, await changeAsSeen(request.headers, put));
  };
}

/** DELETE /v1/customers/{customerId}/file/{kind}/{entryId}: a version that says that the entry was removed. */
export function removeEntry({ dossiers }: Deps): RequestHandler {
  return async (request, response) => {
    const { ifVersion } = parseQuery(removeQuery, request);
    const { actor } = principalOf(request);
    const place = placeOf(request);
    const seen = await seenVersion(dossiers, request, place, ifVersion);
    response.json(await changeAsSeen(request.headers, () => dossiers.files.remove({ ...place, actor, ...seen })));
  };
}

/** GET /v1/customers/{customerId}/file/{kind}/{entryId}/history: every version of an entry, oldest first. */
export function entryHistory({ dossiers }: Deps): RequestHandler {
  return async (request, response) => {
    const customerId = customerOf(request);
    const { purpose: why, ...asked } = parseQuery(listQuery, request);
    await looked(dossiers, request, customerId, why, 'credit-file');
    const versions = await dossiers.files.history(customerId, kindOf(request), entryIdOf(request));
    response.json(pageOfAll('entry-history', versions, asked, ({ version }) => [version]));
  };
}

/** What a customer disputes now: what, since when, and by when it will be decided. */
export async function openDisputes(disputes: Deps['disputes'], customerId: string): Promise<CreditReport['disputed']> {
  const all = await disputes.of(customerId);
  return all
    .filter(({ dispute }) => dispute.state === 'open')
    .map(({ dispute: { disputeId, about, openedAt, deadline } }) => ({ disputeId, about, openedAt, deadline }));
}

interface EntryPlace {
  readonly customerId: string;
  readonly kind: EntryKind;
  readonly entryId: string;
}

const placeOf = (request: Request): EntryPlace => ({
  customerId: customerOf(request),
  kind: kindOf(request),
  entryId: entryIdOf(request),
});

/** The entry that stands there; null where there is none, or it was removed. */
async function standingEntry(
  { files }: Dossiers,
  { customerId, kind, entryId }: EntryPlace,
): Promise<FileEntry | null> {
  const newest = (await files.history(customerId, kind, entryId)).at(-1);
  return newest === undefined || newest.removed ? null : newest;
}

/** The version that a change is made for: the caller's own, or that of the entry whose ETag is in If-Match. Throws PRECONDITION_FAILED. */
async function seenVersion(
  dossiers: Dossiers,
  request: Request,
  place: EntryPlace,
  ifVersion: number | undefined,
): Promise<{ readonly ifVersion?: number }> {
  if (request.headers['if-match'] === undefined) return ifVersion === undefined ? {} : { ifVersion };
  const standing = await standingEntry(dossiers, place);
  checkIfMatch(request.headers, standing);
  return { ifVersion: ifVersion ?? standing?.version ?? 0 };
}

/** Answers an entry with the entity tag that reading it would answer. */
function sendEntry(response: Response, entry: FileEntry): void {
  response.setHeader('etag', tagOf(entry));
  response.json(entry);
}

/** Puts a look at personal data on record; nothing is shown where that fails. */
export function looked(
  { accesses }: Dossiers,
  request: Request,
  customerId: string,
  why: string,
  what: string,
): Promise<void> {
  return accesses.record(customerId, { actor: principalOf(request).actor, purpose: why, what });
}

export function customerOf(request: Request): string {
  const result = plainText(200).min(1).safeParse(request.params['customerId']);
  if (result.success) return result.data;
  throw new ProbityError('INVALID_INPUT', 'The address is not valid.', {
    problems: [{ at: 'customerId', message: 'Send 1 to 200 characters, none of them control characters.' }],
  });
}

function kindOf(request: Request): EntryKind {
  const kind = ENTRY_KINDS.find((each) => each === request.params['kind']);
  if (kind !== undefined) return kind;
  throw new ProbityError('NOT_FOUND', 'The credit file has no entries of this kind.', {
    fix: `Kinds: ${ENTRY_KINDS.join(', ')}.`,
  });
}

function entryIdOf(request: Request): string {
  const entryId = String(request.params['entryId']);
  if (/^[\w-]{1,64}$/.test(entryId)) return entryId;
  throw new ProbityError('NOT_FOUND', 'The credit file has no such entry.');
}
