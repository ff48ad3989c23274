import type { IncomingMessage, RequestListener } from 'node:http';
import type { Express, Request, RequestHandler, Response } from 'express';
import { ProbityError } from '../../base/index.ts';
import { answerErrors } from './problem.ts';

/** What Express would have read from the address of a request. */
interface Addressed {
  originalUrl: string;
  path: string;
  query: Readonly<Record<string, never>>;
  route: { readonly path: string };
}

const NO_QUERY: Addressed['query'] = Object.freeze({});

/**
 * Answers `application`, save one operation that is asked for often: its plain requests (this method and path, no query, plain JSON) run through its handlers
 * directly, without Express's routing and its prototypes. The handlers are the same, in the same order, and so are the answers; they must use nothing of Express
 * but what is set here, and Node.js's own request and response.
 */
export function withDirectPath(
  application: Express,
  { method, path }: { readonly method: string; readonly path: string },
  handler: RequestHandler,
): RequestListener {
  const route = { path };
  return (incoming, outgoing) => {
    if (
      incoming.url !== path ||
      incoming.method !== method ||
      incoming.headers['content-type'] !== 'application/json'
    ) {
      application(incoming, outgoing);
      return;
    }
    const addressed = incoming as IncomingMessage & Addressed;
    addressed.originalUrl = path;
    addressed.path = path;
    addressed.query = NO_QUERY;
    addressed.route = route;
    const request = addressed as unknown as Request;
    const response = outgoing as unknown as Response;
    const failed = (error: unknown): void => {
      void answerErrors(error ?? new ProbityError('INTERNAL', 'Nothing answered.'), request, response, () => {});
    };
    void handler(request, response, failed);
  };
}
