import { rateLimit } from 'express-rate-limit';
import type { RequestHandler } from 'express';
import { ProbityError } from '../../base/index.ts';
import { callerOf } from './principal.ts';

/**
 * Requests in a minute of one caller: a key, a token's subject, or, without a good one, an address. Answers the RateLimit headers
 * (draft-ietf-httpapi-ratelimit-headers-08) and refuses what is over (RATE_LIMITED). Counted in this process.
 */
export function limitRequests(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: 'requests',
    keyGenerator: ({ principal, socket }) =>
      principal === undefined ? `address ${networkOf(socket.remoteAddress ?? '')}` : callerOf(principal),
    skip: ({ operationId }) => operationId === 'health' || operationId === 'readiness',
    handler: () => {
      throw new ProbityError('RATE_LIMITED', `More than ${perMinute} requests in a minute.`);
    },
    validate: false,
  });
}

/** An IPv4 address, or the /64 of an IPv6 one, which is what one subscriber has. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  return address.split(':').slice(0, 4).join(':');
}
