import type { RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from 'pino';
import { uuidv7 } from '../../base/index.ts';

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
  const log = pinoHttp({
    logger,
    genReqId: (request, response) => {
      const id = requestId(request.headers['x-request-id']);
      response.setHeader('x-request-id', id);
      return id;
    },
    wrapSerializers: false,
    serializers: {
      req: (request: { id?: unknown; method?: string; url?: string; originalUrl?: string }) => ({
        id: request.id,
        method: request.method,
        path: pathOf(request.originalUrl ?? request.url),
      }),
      res: (response: { statusCode?: number }) => ({ status: response.statusCode }),
      err: () => undefined,
    },
    autoLogging: { ignore: (request) => quietPaths.has(pathOf(request.url)) },
    customLogLevel: (_request, response, error) =>
      error !== undefined || response.statusCode >= 500 ? 'error' : 'info',
  });
  return (request, response, next) => {
    log(request, response);
    next();
  };
}

/** The path that was asked, without its query; an address that we do not know could hold anything, so it is cut short. */
function pathOf(url: string | undefined): string {
  return (url ?? '').split('?', 1)[0]?.slice(0, 64) ?? '';
}
