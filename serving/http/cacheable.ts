import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/**
 * Answers a resource with its entity tag (RFC 9110 §8.8.3), or 304 without a body where the client has it already. The client keeps
 * the answer and asks again each time. The tag is weak: compressed or not, the meaning is the same.
 */
export function sendCacheable(request: Request, response: Response, type: string, body: string): void {
  const tag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  response.setHeader('etag', tag);
  response.setHeader('cache-control', 'private, no-cache');
  if (knows(request.headers['if-none-match'], tag)) response.status(304).end();
  else response.type(type).send(body);
}

/** The same for a value that is answered as JSON. */
export function sendCacheableJson(request: Request, response: Response, value: unknown): void {
  sendCacheable(request, response, 'application/json', JSON.stringify(value));
}

/** Whether an If-None-Match header lists the tag, by weak comparison. */
function knows(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const strong = tag.slice(2);
  return header.split(',').some((listed) => {
    const name = listed.trim();
    return name === '*' || name === tag || name === strong;
  });
}
