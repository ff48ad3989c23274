import type { RequestHandler } from 'express';
import { ProbityError, sha256 } from '../../base/index.ts';
import { callerOf } from './principal.ts';

const WINDOW_MS = 60_000;

/** What one caller has asked in its present window. */
interface Window {
  used: number;
  readonly endsAt: number;
  /** The policy as headers say it, with a name of the caller that tells nothing of it. */
  readonly policy: string;
}

/**
 * Requests in a minute of one caller: a key, a token's subject, or, without a good one, an address. Answers the RateLimit headers
 * (draft-ietf-httpapi-ratelimit-headers-08) and refuses what is over (RATE_LIMITED). Counted in this process; a caller's minute begins with its first request.
 */
export function limitRequests(perMinute: number): RequestHandler {
  const windows = new Map<string, Window>();
  const windowOf = (caller: string, now: number): Window => {
    const known = windows.get(caller);
    if (known !== undefined && now < known.endsAt) return known;
    // Windows begin in the order in which they stand, so those that ended stand first.
    windows.delete(caller);
    for (const [other, { endsAt }] of windows) {
      if (now < endsAt) break;
      windows.delete(other);
    }
    const partition = Buffer.from(sha256(caller).slice(0, 12)).toString('base64');
    const begun = { used: 0, endsAt: now + WINDOW_MS, policy: `"requests"; q=${perMinute}; w=60; pk=:${partition}:` };
    windows.set(caller, begun);
    return begun;
  };
  return (request, response, next) => {
    const { principal, socket, operationId } = request;
    if (operationId === 'health' || operationId === 'readiness') {
      next();
      return;
    }
    const now = Date.now();
    const caller = principal === undefined ? `address ${networkOf(socket.remoteAddress ?? '')}` : callerOf(principal);
    const window = windowOf(caller, now);
    window.used += 1;
    const seconds = Math.max(0, Math.ceil((window.endsAt - now) / 1000));
    response.setHeader('ratelimit', `"requests"; r=${Math.max(0, perMinute - window.used)}; t=${seconds}`);
    response.setHeader('ratelimit-policy', window.policy);
    if (window.used > perMinute) {
      response.setHeader('retry-after', String(seconds));
      throw new ProbityError('RATE_LIMITED', `More than ${perMinute} requests in a minute.`);
    }
    next();
  };
}

/** An IPv4 address, or the /64 of an IPv6 one, which is what one subscriber has. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  return address.split(':').slice(0, 4).join(':');
}
