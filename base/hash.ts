import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of bytes or UTF-8 text, as 64 hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** SHA-256 of a file's bytes, streamed. */
export async function sha256File(path: string): Promise<string> {
  const hashing = createHash('sha256');
  await pipeline(createReadStream(path), hashing);
  return hashing.digest('hex');
}

/** A value that JSON can hold exactly. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * JSON with keys sorted, no white space and ECMAScript number text, as RFC 8785 (JCS) prescribes: equal values give equal bytes.
 * Throws a TypeError for numbers that JSON cannot hold (NaN, infinities). Values whose keys stand in order already are written several times faster.
 */
export function canonicalJson(value: Json): string {
  return written(value, LOOKS);
}

/** Down to so many levels parts are looked at for their order; a deep value that is out of order would else be walked once for each level. */
const LOOKS = 4;

function written(value: Json, looks: number): string {
  if (looks > 0 && isInOrder(value)) return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON holds finite numbers only');
    // The text that JSON.stringify gives, also for -0, without its search for toJSON.
    return String(value);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => written(item, looks - 1)).join(',')}]`;
  const object = value as { readonly [key: string]: Json | undefined };
  let text = '';
  // By UTF-16 code units, which is what sort() does without a comparison and RFC 8785 asks for.
  for (const key of Object.keys(object).sort()) {
    const item = object[key];
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written(item, looks - 1)}`;
  }
  return `{${text}}`;
}

/** Whether JSON.stringify, which keeps the order of keys, writes the canonical form of a value. */
function isInOrder(value: Json): boolean {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON holds finite numbers only');
    return true;
  }
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return (value as readonly Json[]).every(isInOrder);
  const object = value as { readonly [key: string]: Json | undefined };
  let before: string | null = null;
  for (const key of Object.keys(object)) {
    if (before !== null && key < before) return false;
    before = key;
    const item = object[key];
    if (item !== undefined && !isInOrder(item)) return false;
  }
  return true;
}

/** The content hash of a JSON value: SHA-256 of its canonical form. */
export function contentHash(value: Json): string {
  return sha256(canonicalJson(value));
}

/** The two blocks that HMAC-SHA-256 (RFC 2104) puts before what it hashes, for computing pseudonyms inside a database. As secret as the key. */
export function hmacBlocks(key: Uint8Array): { readonly inner: Buffer; readonly outer: Buffer } {
  const block = Buffer.alloc(64);
  block.set(key.byteLength > 64 ? createHash('sha256').update(key).digest() : key);
  return { inner: Buffer.from(block.map((byte) => byte ^ 0x36)), outer: Buffer.from(block.map((byte) => byte ^ 0x5c)) };
}
