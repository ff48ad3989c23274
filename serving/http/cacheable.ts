import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { isProbityError, ProbityError } from '../../base/index.ts';

/**
 * The strong entity tag of an answer (RFC 9110 §8.8.3): another text has another one. A compressed answer is another representation and
 * names its encoding behind (`http/compress.ts`); both name the same text, so either may be sent back.
 */
export function tagOfText(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}

/** The entity tag of a value that is answered as JSON. */
export function tagOf(value: unknown): string {
  return tagOfText(JSON.stringify(value));
}

/** Answers a resource with its entity tag, or 304 without a body where the client has it already. The client keeps the answer and asks again each time. */
export function sendCacheable(request: Request, response: Response, type: string, body: string): void {
  response.setHeader('cache-control', 'private, no-cache');
  sendTagged(request, response, type, body);
}

/** Gives the JSON answers of an operation that reads their entity tags, and answers 304 to who has them. What shows customers stays out of caches. */
export const tagged: RequestHandler = (request, response, next) => {
  response.json = (value: unknown) => {
    sendTagged(request, response, 'application/json', JSON.stringify(value));
    return response;
  };
  next();
};

function sendTagged(request: Request, response: Response, type: string, body: string): void {
  const tag = tagOfText(body);
  const known = listed(request.headers['if-none-match']).find((each) => each === '*' || names(weakened(each), tag));
  response.setHeader('etag', known === undefined || known === '*' ? tag : weakened(known));
  if (known === undefined) response.type(type).send(body);
  else response.status(304).end();
}

/**
 * Whether a request that changes something may (`If-Match`, RFC 9110 §13.1.1): `current` is what stands, null for nothing. Undefined without the
 * header. Throws PRECONDITION_FAILED where another state stands than the caller saw.
 */
export function checkIfMatch({ 'if-match': header }: IncomingHttpHeaders, current: unknown): void {
  if (header === undefined) return;
  const tag = current === null ? null : tagOf(current);
  if (tag === null || !listed(header).some((each) => each === '*' || names(each, tag))) throw preconditionFailed();
}

/** Does a change that was checked by If-Match: where another comes between, the check has failed. */
export async function changeAsSeen<T>(
  { 'if-match': header }: IncomingHttpHeaders,
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (header !== undefined && isProbityError(error, 'CONFLICT')) throw preconditionFailed();
    throw error;
  }
}

/** Refuses If-Match where no operation looks at it: a condition that is passed over is worse than none. */
export const noIfMatch: RequestHandler = (request, _response, next) => {
  if (request.headers['if-match'] !== undefined)
    throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
      problems: [{ at: 'If-Match', message: 'This operation takes none.' }],
    });
  next();
};

function preconditionFailed(): ProbityError {
  return new ProbityError('PRECONDITION_FAILED', 'What stands is not what If-Match names.');
}

const listed = (header: string | undefined): readonly string[] =>
  header === undefined ? [] : header.split(',').map((name) => name.trim());

/** Comparison for GET is weak: a cache on the way may have weakened the tag. */
const weakened = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag);

/** Whether a tag is this one, of whichever encoding. */
const names = (given: string, tag: string): boolean => given.replace(/-(gzip|br|deflate)"$/, '"') === tag;
