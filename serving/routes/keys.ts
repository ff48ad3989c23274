import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { canonicalJson, instant, ProbityError, ROLES, type Role } from '../../base/index.ts';
import {
  MOST_DAYS,
  MOST_OVERLAP_HOURS,
  USUAL_DAYS,
  USUAL_OVERLAP_HOURS,
  keyIdOf,
  type IssuedKey,
  type Key,
  type Keys,
} from '../../records/keys/index.ts';
import { isOperationId, mayCall, OPERATIONS, type OperationId } from '../access/index.ts';
import { idOfKey, makeOnce, orNull } from '../http/idempotency.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';

const days = z.int().min(1).max(MOST_DAYS).default(USUAL_DAYS);

export const newKeySchema = z.strictObject({
  name: plainText(60).min(1).meta({ description: 'Who will use it; records name it as `key:NAME`.' }),
  roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length),
  operations: z
    .array(z.enum(Object.keys(OPERATIONS) as [OperationId, ...OperationId[]]))
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'The only operations that it may call, by operationId; left out: all that its roles may.' }),
  purpose: plainText(200).min(1).optional().meta({
    description:
      'What its holder looks at data of customers for, put on record with each look where the request says no other; left out: the purpose of each operation.',
  }),
  days: days.meta({ description: `Days until it expires; default ${USUAL_DAYS}.` }),
});

export const rotateKeySchema = z.strictObject({
  overlapHours: z
    .int()
    .min(0)
    .max(MOST_OVERLAP_HOURS)
    .default(USUAL_OVERLAP_HOURS)
    .meta({ description: `How long the old key goes on; default ${USUAL_OVERLAP_HOURS}.` }),
  days: days.meta({ description: `Days until the new key expires; default ${USUAL_DAYS}.` }),
});

const placeSchema = z.tuple([isoInstant, z.string().max(12)]);

/** GET /v1/keys: the keys of the tenant in order of their making, without secrets. */
export function listKeys(keys: Keys): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor } = parseQuery(pageQuery, request);
    const place = cursor === undefined ? null : readCursor('keys', placeSchema, cursor);
    const after = place === null ? {} : { after: { createdAt: instant(place[0]), keyId: place[1] } };
    const read = await keys.list({ ...after, limit: limit + 1 });
    const page = pageOf('keys', read, limit, ({ createdAt, keyId }) => [createdAt, keyId]);
    response.json(page);
  };
}

/** GET /v1/keys/{keyId}: one key, without its secret. */
export function readKey(keys: Keys): RequestHandler {
  return async (request, response) => {
    response.json(await keys.get(keyIdIn(request.params['keyId'])));
  };
}

/** POST /v1/keys: a new key; its text is in this answer and nowhere else. */
export function createKey(keys: Keys): RequestHandler {
  return async (request, response) => {
    const { actor } = principalOf(request);
    const wanted = parseBody(newKeySchema, request.body);
    refuseUnreachable(wanted.roles, wanted.operations ?? []);
    const { operations = null, purpose = null } = wanted;
    const isSame = ({ key }: Shown): boolean =>
      key.name === wanted.name &&
      canonicalJson([...key.roles]) === canonicalJson([...new Set(wanted.roles)]) &&
      canonicalJson(key.operations === null ? null : [...key.operations]) === canonicalJson(operations) &&
      key.purpose === purpose &&
      lifetimeOf(key) === wanted.days;
    const make = (keyId?: string) => keys.create({ ...wanted, operations, purpose, actor, keyId });
    const made = await makeOnce<Shown>(madeId(request, 'createKey', ''), { make, find: shownIn(keys), isSame });
    response.status(201).json(issuedAnswer(made));
  };
}

/** POST /v1/keys/{keyId}/rotate: a successor, while the old key goes on for a while. */
export function rotateKey(keys: Keys): RequestHandler {
  return async (request, response) => {
    const { actor } = principalOf(request);
    const options = parseBody(rotateKeySchema, request.body ?? {});
    const keyId = keyIdIn(request.params['keyId']);
    const make = (successorId?: string) => keys.rotate(keyId, { ...options, actor, successorId });
    const isSame = ({ key }: Shown): boolean => key.replaces === keyId && lifetimeOf(key) === options.days;
    const made = await makeOnce<Shown>(madeId(request, 'rotateKey', keyId), { make, find: shownIn(keys), isSame });
    response.status(201).json(issuedAnswer(made));
  };
}

/** POST /v1/keys/{keyId}/revoke: ends a key for good. */
export function revokeKey(keys: Keys): RequestHandler {
  return async (request, response) => {
    const { actor } = principalOf(request);
    response.json(await keys.revoke(keyIdIn(request.params['keyId']), actor));
  };
}

/** GET /v1/me: who the key or token is, and what it may do. */
export const getMe: RequestHandler = (request, response) => {
  const { tenant, actor, roles, operations, credential } = principalOf(request);
  const allowed = Object.keys(OPERATIONS)
    .filter(isOperationId)
    .filter((id) => mayCall(id, roles))
    .filter((id) => operations === null || operations.includes(id) || OPERATIONS[id].who === 'anyone');
  response.json({
    tenant,
    actor,
    roles,
    operations: allowed,
    keyId: credential.kind === 'key' ? credential.keyId : null,
    issuer: credential.kind === 'token' ? credential.issuer : null,
    expiresAt: credential.expiresAt,
  });
};

/** A key that was made; its text is null where a request came again: it was in the first answer, and is stored nowhere. */
type Shown = Omit<IssuedKey, 'written'> & { readonly written: string | null };

function issuedAnswer({ key, written }: Shown) {
  return { key: written, ...key };
}

const shownIn =
  (keys: Keys) =>
  async (keyId: string): Promise<Shown | null> => {
    const key = await orNull(keys.get(keyId), 'UNKNOWN_KEY');
    return key === null ? null : { key, written: null };
  };

const lifetimeOf = ({ createdAt, expiresAt }: Key): number =>
  Math.round((Date.parse(expiresAt) - Date.parse(createdAt)) / 86_400_000);

function madeId(request: Request, operation: OperationId, about: string): string | undefined {
  const id = idOfKey(request, operation, about);
  return id === undefined ? undefined : keyIdOf(id);
}

function keyIdIn(value: unknown): string {
  if (typeof value === 'string' && /^[a-z0-9]{12}$/.test(value)) return value;
  throw new ProbityError('UNKNOWN_KEY', 'There is no key with this id.');
}

/** An operation that none of the roles may call would be a key that seems to open a door and does not. */
function refuseUnreachable(roles: readonly Role[], operations: readonly OperationId[]): void {
  const problems = operations.flatMap((id, i) =>
    !mayCall(id, roles) ? [{ at: `operations.${i}`, message: `None of the roles may call ${id}.` }] : [],
  );
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', 'The request is not valid.', { problems });
}
