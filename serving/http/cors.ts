import type { RequestHandler } from 'express';
import { varyOn } from './vary.ts';

const allowedHeaders =
  'authorization, content-type, accept-language, idempotency-key, if-match, if-none-match, x-request-id';
const exposedHeaders = 'etag, ratelimit, ratelimit-policy, retry-after, x-request-id, content-language';

/**
 * Lets pages of the listed origins call the API from a browser (Fetch, "CORS protocol"); of no origin by default. Credentials of the
 * browser are never asked for: a page sends its key itself.
 */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  const listed = new Set(origins);
  return (request, response, next) => {
    if (listed.size === 0) {
      next();
      return;
    }
    varyOn(response, 'origin');
    const { origin } = request.headers;
    if (origin === undefined || !listed.has(origin)) {
      next();
      return;
    }
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', exposedHeaders);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE');
    response.setHeader('access-control-allow-headers', allowedHeaders);
    response.setHeader('access-control-max-age', '600');
    response.status(204).end();
  };
}
