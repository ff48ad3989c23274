import type { RequestHandler } from 'express';
import { ProbityError } from '../../base/index.ts';

/** Headers that every answer carries: nothing is sniffed, framed, kept, or loaded from elsewhere. */
export const safeHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('cache-control', 'no-store');
  next();
};

/** Refuses bodies that are not JSON, by name, before they are read. */
export const jsonOnly: RequestHandler = (request, _response, next) => {
  if (request.is(['application/json', 'application/*+json']) === false)
    throw new ProbityError('UNSUPPORTED_MEDIA_TYPE', 'This address reads JSON.', {
      fix: 'Send content-type application/json.',
    });
  next();
};
