import type { ServerResponse } from 'node:http';
import compression from 'compression';
import type { RequestHandler } from 'express';

const smallest = 1024;

/** Compresses JSON, pages and metrics for who accepts it; streams of ratings go as they are, for they are read while they are written. */
export function compress(): RequestHandler {
  const compressing = compression({
    threshold: smallest,
    filter: (_request, response) => {
      const type = response.getHeader('content-type');
      return typeof type === 'string' && /^(application\/(problem\+)?json|text\/)/.test(type);
    },
  });
  return (request, response, next) => {
    if (request.headers['accept-encoding'] === undefined) next();
    else {
      if (request.method === 'GET') markEncoded(response);
      compressing(request, response, next);
    }
  };
}

/** Compressed, an answer is another representation: its strong entity tag says so (RFC 9110 §8.8.1). */
function markEncoded(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...head: readonly unknown[]) => ServerResponse;
  response.writeHead = (...head: readonly unknown[]) => {
    const [tag, encoding] = [response.getHeader('etag'), response.getHeader('content-encoding')];
    if (typeof tag === 'string' && typeof encoding === 'string')
      response.setHeader('etag', `${tag.slice(0, -1)}-${encoding}"`);
    return writeHead(...head);
  };
}
