import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { ProbityError } from '../../base/index.ts';

/** Headers that every answer carries: nothing is sniffed, framed, kept, or loaded from elsewhere; TLS once seen is kept to. */
export const safeHeaders: RequestHandler = (() => {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
    xPoweredBy: false,
  });
  return (request, response, next) => {
    response.setHeader('cache-control', 'no-store');
    headers(request, response, next);
  };
})();

/** Refuses bodies that are not JSON, by name, before they are read. */
export const jsonOnly: RequestHandler = (request, _response, next) => {
  if (request.is(['application/json', 'application/*+json']) === false)
    throw new ProbityError('UNSUPPORTED_MEDIA_TYPE', 'This address reads JSON.', {
      fix: 'Send content-type application/json.',
    });
  next();
};
