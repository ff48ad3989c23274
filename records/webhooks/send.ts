import { lookup } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { mayDeliverTo, urlProblem, type DeliveryPolicy } from './address.ts';
import { signature, type SignedParts } from './signature.ts';

/** How a try ended: a status of the receiver, or why there is none. */
export type SendOutcome =
  { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'failed'; readonly why: string };

const MOST_MS = 10_000;

/**
 * Posts one delivery, signed by each secret that is in force. The address that the name resolves to is checked at the moment of connecting, and it is the one connected
 * to, so that a name cannot turn private in between (DNS rebinding). Redirects are not followed, the answer's body is not read, and
 * the whole may take ten seconds.
 */
export function send(
  target: { readonly url: string; readonly secrets: readonly string[] },
  parts: SignedParts,
  policy: DeliveryPolicy,
  mostMs: number = MOST_MS,
): Promise<SendOutcome> {
  const refused = urlProblem(target.url, policy);
  if (refused !== null) return Promise.resolve({ kind: 'failed', why: refused });
  const url = new URL(target.url);
  const open = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve) => {
    const request = open(url, {
      method: 'POST',
      agent: false,
      lookup: checkedLookup(url.protocol, policy),
      signal: AbortSignal.timeout(mostMs),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(parts.body),
        'user-agent': 'probity-webhooks/1',
        'webhook-id': parts.id,
        'webhook-timestamp': String(parts.timestamp),
        'webhook-signature': target.secrets.map((secret) => signature(secret, parts)).join(' '),
      },
    });
    request.once('response', (response) => {
      resolve({ kind: 'answered', status: response.statusCode ?? 0 });
      response.destroy();
    });
    request.once('error', (error) => resolve({ kind: 'failed', why: reasonOf(error) }));
    request.end(parts.body);
  });
}

/** Resolves a name and lets through only addresses that may be delivered to; all others are as if they were not there. */
function checkedLookup(protocol: string, policy: DeliveryPolicy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const allowed = error === null ? found.filter(({ address }) => mayDeliverTo(address, protocol, policy)) : [];
      const [first] = allowed;
      if (first === undefined) {
        const refusal = Object.assign(new Error('no address'), { code: error === null ? 'EPRIVATE' : 'ENOTFOUND' });
        callback(refusal, '', 0);
      } else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, isIP(first.address));
    });
  };
}

/** Why nothing was answered, without what a name or an answer may hold. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (error.name === 'TimeoutError' || code === 'ABORT_ERR') return 'no answer in time';
  if (code === 'EPRIVATE') return 'the name leads to a private address';
  return typeof code === 'string' ? code : 'the connection failed';
}
