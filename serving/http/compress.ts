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
    else compressing(request, response, next);
  };
}
