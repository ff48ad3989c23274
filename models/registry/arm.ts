import { createHmac } from 'node:crypto';

/** Which of two models decides for a customer. */
export type Arm = 'champion' | 'challenger';

/**
 * A customer's place on [0, 1) under a key: the first 52 bits of HMAC-SHA-256 (RFC 2104) of the customer's id, as a binary fraction.
 * The same customer has the same place for ever; under another key the places are as good as drawn anew, so that one experiment's
 * arms tell nothing about the next one's.
 */
export function placeOf(key: string, customerId: string): number {
  const digest = createHmac('sha256', key).update(customerId).digest('hex');
  return Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52;
}

/** Whether a customer is among this share (0 to 1) of all customers. A larger share under the same key holds everyone of a smaller one. */
export function inShare(key: string, customerId: string, share: number): boolean {
  return placeOf(key, customerId) < share;
}
