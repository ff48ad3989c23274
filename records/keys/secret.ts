import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key as its holder keeps it: `probity_<id>_<secret>`. The id is public, the secret is 256 random bits. */
export interface KeyParts {
  readonly keyId: string;
  readonly secret: string;
}

const FORM = /^probity_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** The parts of a written key, or null where this is no key of ours. */
export function parseKey(written: string): KeyParts | null {
  const match = FORM.exec(written);
  return match === null ? null : { keyId: match[1] ?? '', secret: match[2] ?? '' };
}

/** The id of the key that is made once for a text. Ids are public: only the secret opens anything. */
export function keyIdOf(text: string): string {
  return idOf(hash('sha256', text, 'buffer').subarray(0, 12));
}

const idOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => ALPHABET[byte & 31]).join('');

/** A new key from the system's randomness. */
export function newKey(keyId = idOf(randomBytes(12))): KeyParts {
  return { keyId, secret: randomBytes(32).toString('base64url') };
}

/** The key as it is given to its holder. */
export function writeKey({ keyId, secret }: KeyParts): string {
  return `probity_${keyId}_${secret}`;
}

/** What is stored of a secret: its SHA-256. A slow hash guards guessable passwords; 256 random bits cannot be guessed. */
export function secretHash(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

const NO_SECRET = Buffer.alloc(32);

/**
 * Whether a secret is the one whose hash is stored (null: there is no such key). Takes the same steps either way: one hash and
 * one comparison of 32 bytes in constant time, so that time tells neither how much of a secret is right nor whether a key exists.
 */
export function secretMatches(secret: string, stored: Buffer | null): boolean {
  const equal = timingSafeEqual(secretHash(secret), stored ?? NO_SECRET);
  return equal && stored !== null;
}
