import type { IncomingHttpHeaders } from 'node:http';
import type { Request } from 'express';
import { canonicalJson, isProbityError, ProbityError, sha256, type ErrorCode } from '../../base/index.ts';
import type { OperationId } from '../access/index.ts';
import { principalOf } from './principal.ts';

/**
 * The `Idempotency-Key` of a request; sent more than once, its values as one, as Node.js joins headers that it does not know. Undefined without the
 * header. Throws INVALID_INPUT for one that is no key.
 */
export function idempotencyKeyOf({ 'idempotency-key': header }: IncomingHttpHeaders): string | undefined {
  if (header === undefined) return undefined;
  const key = Array.isArray(header) ? header.join(', ') : header;
  if (!/^[!-~]{1,200}$/.test(key))
    throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
      problems: [{ at: 'Idempotency-Key', message: 'Send 1 to 200 visible ASCII characters.' }],
    });
  return key;
}

/**
 * The id of what a request with an `Idempotency-Key` makes: a UUID (version 8, RFC 9562) of tenant, operation, what it is about (a customer, a rating, nothing) and key, so that the same
 * request again finds what it made, and nothing is kept beside it. Undefined without the header. Throws INVALID_INPUT for a header that is no key.
 */
export function idOfKey(request: Request, operation: OperationId, about: string): string | undefined {
  const key = idempotencyKeyOf(request.headers);
  if (key === undefined) return undefined;
  const { tenant } = principalOf(request);
  const hex = sha256(canonicalJson([tenant, operation, about, key]));
  const variant = ((parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What a key made already, where the request is the same; throws IDEMPOTENCY_CONFLICT where it is another. */
export function madeOnce<T>(made: T, isSame: boolean): T {
  if (isSame) return made;
  throw new ProbityError('IDEMPOTENCY_CONFLICT', 'This Idempotency-Key was used for another request.');
}

/**
 * Makes what a request asks for, once for its key: `id` is what the key gives it (`idOfKey`), undefined without one. Where that is on record, it is
 * answered as it stands if it is what is asked for; throws IDEMPOTENCY_CONFLICT if not.
 */
export async function makeOnce<T>(
  id: string | undefined,
  of: {
    readonly make: (id: string | undefined) => Promise<T>;
    /** What has this id; null: nothing. */
    readonly find: (id: string) => Promise<T | null>;
    readonly isSame: (made: T) => boolean;
  },
): Promise<T> {
  if (id === undefined) return of.make(undefined);
  const before = await of.find(id);
  if (before !== null) return madeOnce(before, of.isSame(before));
  try {
    return await of.make(id);
  } catch (error) {
    // The same request came twice at once.
    const made = await of.find(id);
    if (made === null) throw error;
    return madeOnce(made, of.isSame(made));
  }
}

/** Null where the error says that there is nothing of this id. */
export async function orNull<T>(found: Promise<T>, code: ErrorCode): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (isProbityError(error, code)) return null;
    throw error;
  }
}
