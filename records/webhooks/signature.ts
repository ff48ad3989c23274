import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Seconds by which a delivery's timestamp may differ from the receiver's clock; older ones may be replays. */
export const TOLERANCE_SECONDS = 300;

const PREFIX = 'whsec_';

/** A new secret, as its receiver keeps it: `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64')}`;
}

/** What a delivery is signed by. */
export interface SignedParts {
  /** Always the same for the same message, however often it is tried. */
  readonly id: string;
  /** Seconds since 1970 of this try. */
  readonly timestamp: number;
  readonly body: string;
}

/** The header `webhook-signature` (Standard Webhooks): `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`. */
export function signature(secret: string, { id, timestamp, body }: SignedParts): string {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * Whether a delivery comes from who holds the secret, and now: one of the signatures of the header is right, and the timestamp is
 * within the tolerance. Receivers also refuse an `id` that they have taken in already.
 */
export function isSigned(secret: string, parts: SignedParts, header: string, nowSeconds: number): boolean {
  if (!Number.isSafeInteger(parts.timestamp) || Math.abs(nowSeconds - parts.timestamp) > TOLERANCE_SECONDS)
    return false;
  const right = Buffer.from(signature(secret, parts));
  return header
    .split(' ')
    .map((each) => Buffer.from(each))
    .some((each) => each.length === right.length && timingSafeEqual(each, right));
}
