import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { uuidv7 } from '../../base/index.ts';
import { matchOperation } from '../access/match-operation.ts';
import { OPERATIONS } from '../access/operations.ts';

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
 * One log line per request: id, method, path without query and without what callers put into it, status and time. Bodies, headers and queries, where applicant
 * data would be, are never logged.
 */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const since = performance.now();
    request.id = requestId(request.headers['x-request-id']);
    request.log = logger;
    response.setHeader('x-request-id', request.id);
    response.on('close', () => {
      const { statusCode: status, writableFinished } = response;
      if (quietPaths.has(pathOf(request.method, request.originalUrl))) return;
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
  return { id: request.id, method: request.method, path: pathOf(request.method, request.originalUrl) };
}

/**
 * The path that was asked, without its query: as the table of operations writes it where what stands in it may be anything (a customer, a token, what
 * a caller takes for an id), and nothing of an address that is not there.
 */
function pathOf(method: string, url: string): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const { operationId } = matchOperation(method, path);
  if (operationId === null) return '-';
  if (OPERATIONS[operationId].path === path) return path;
  return OPERATIONS[operationId].path.replaceAll(/\{(\w+)\}/g, (parameter, _name, at: number, template: string) => {
    const value = path.split('/')[template.slice(0, at).split('/').length - 1] ?? '';
    return /^\d{1,15}-[0-9a-f]{16}$/.test(value) ? value : parameter;
  });
}
