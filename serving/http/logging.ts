import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { uuidv7 } from '../../base/index.ts';

declare module 'express-serve-static-core' {
  interface Request {
    /** The request's id, in its log lines and in its answer. */
    id: string;
    /** The server's log; say `requestOf(request)` in what is written. */
    log: Logger;
  }
}

const quietPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** A caller's request id where it is one that a log can hold, otherwise a new one. */
export function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.:-]{1,64}$/.test(header) ? header : uuidv7();
}

/**
 * One log line per request: id, method, path without query, status and time. Bodies, headers and queries, where applicant
 * data would be, are never logged.
 */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const since = performance.now();
    request.id = requestId(request.headers['x-request-id']);
    request.log = logger;
    response.setHeader('x-request-id', request.id);
    response.once('close', () => {
      const { statusCode: status, writableFinished } = response;
      if (quietPaths.has(pathOf(request.originalUrl))) return;
      const responseTime = Math.round(performance.now() - since);
      const line = { req: requestOf(request), res: { status }, responseTime };
      if (!writableFinished) logger.info(line, 'request aborted');
      else if (status >= 500) logger.error(line, 'request errored');
      else logger.info(line, 'request completed');
    });
    next();
  };
}

/** What a log line may say of a request. */
export function requestOf(request: { readonly id: string; readonly method: string; readonly originalUrl: string }) {
  return { id: request.id, method: request.method, path: pathOf(request.originalUrl) };
}

/**
 * The path that was asked, without its query, the customer and the token of a link; an address that we do not know could hold anything, so it is
 * cut short.
 */
function pathOf(url: string): string {
  const query = url.indexOf('?');
  return (query < 0 ? url : url.slice(0, query))
    .replace(/^(\/v1\/customers\/)[^/]+/i, '$1-')
    .replace(/^(\/shared\/).+/i, '$1-')
    .slice(0, 64);
}
