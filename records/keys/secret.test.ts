import type * as crypto from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newKey, secretHash, secretMatches } from './secret.ts';

const compared = vi.hoisted(() => vi.fn<(a: Buffer, b: Buffer) => void>());
vi.mock('node:crypto', async (importOriginal) => {
  const actual = await importOriginal<typeof crypto>();
  const timingSafeEqual: typeof actual.timingSafeEqual = (a, b) => {
    compared(Buffer.from(a as Buffer), Buffer.from(b as Buffer));
    return actual.timingSafeEqual(a, b);
  };
  return { ...actual, timingSafeEqual };
});
beforeEach(() => compared.mockClear());

describe('comparing the secret of a key', () => {
  const { secret } = newKey();
  const stored = secretHash(secret);
  const flip = (at: number) => secret.slice(0, at) + (secret[at] === 'A' ? 'B' : 'A') + secret.slice(at + 1);

  it.each([
    ['right', secret, stored, true],
    ['wrong in its first character', flip(0), stored, false],
    ['wrong in its last character', flip(42), stored, false],
    ['of no key at all', secret, null, false],
    ['empty', '', stored, false],
  ])('takes one comparison in constant time, of 32 bytes, for a secret that is %s', (_what, sent, kept, right) => {
    expect(secretMatches(sent, kept)).toBe(right);
    // Digests alone meet there, and nothing else decides: neither the secret nor its length is compared.
    expect(compared.mock.calls).toEqual([[secretHash(sent), kept ?? Buffer.alloc(32)]]);
  });

  it('is right for no secret where there is no key, not even for one whose digest is what stands in its place', () => {
    const without = secretMatches(secret, null);
    expect([without, secretMatches(secret, Buffer.alloc(32))]).toEqual([false, false]);
  });
});
