import { ServerResponse, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { ProbityError } from '../../base/index.ts';
import { sendProblem } from './problem.ts';

/** Headers that every answer carries: nothing is sniffed, framed, kept, or loaded from elsewhere; TLS once seen is kept to. Helmet's, which are the same each time. */
export const safeHeaders: RequestHandler = (() => {
  const helmeted = new ServerResponse(new IncomingMessage(new Socket()));
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
    xPoweredBy: false,
  })(helmeted.req, helmeted, () => {});
  const fixed = Object.entries({ 'cache-control': 'no-store', ...helmeted.getHeaders() });
  return (_request, response, next) => {
    for (const [name, value] of fixed) if (value !== undefined) response.setHeader(name, value);
    next();
  };
})();

const otherCharset = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(?:;|$))/i;

/** Refuses bodies that are not JSON in UTF-8 (RFC 8259 §8.1), by name, before they are read. */
export const jsonOnly: RequestHandler = (request, _response, next) => {
  const type = request.headers['content-type'] ?? '';
  if (type === 'application/json') {
    next();
    return;
  }
  if (request.is(['application/json', 'application/*+json']) === false || otherCharset.test(type))
    throw new ProbityError('UNSUPPORTED_MEDIA_TYPE', 'This address reads JSON.', {
      fix: 'Send content-type application/json, in UTF-8.',
    });
  next();
};

/** How long a client that is still sending may go on, so that it reads the answer before the connection ends, milliseconds. */
const lingerMs = 1000;

/**
 * Gives a body that is read as a whole so long to arrive, milliseconds; then it is refused (REQUEST_TIMEOUT) and the connection ends, so
 * that nobody holds a connection by sending a byte now and then. What still arrives for a moment is read and dropped: a connection that is closed on unread
 * bytes is reset, and the client would lose the answer (RFC 9112 §9.6).
 */
export function bodyWithin(limitMs: number): RequestHandler {
  return (request, response, next) => {
    const timer = setTimeout(() => {
      if (request.complete || response.headersSent) return;
      sendProblem(response, new ProbityError('REQUEST_TIMEOUT', 'The body did not arrive in time.'), request.id);
      request.resume();
      response.once('finish', () => {
        setTimeout(() => {
          if (!request.complete) request.destroy();
        }, lingerMs).unref();
      });
    }, limitMs);
    const stop = (): void => clearTimeout(timer);
    request.once('end', stop).once('close', stop);
    next();
  };
}
