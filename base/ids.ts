import { randomBytes } from 'node:crypto';

/** Random bytes are fetched for many ids at once: a call to the system for each costs more than the rest of the id. */
const POOL = 4096;
let pool = Buffer.alloc(0);
let taken = 0;

function freshBytes(): Buffer {
  if (taken + 16 > pool.length) {
    pool = randomBytes(POOL);
    taken = 0;
  }
  return pool.subarray(taken, (taken += 16));
}

/** A UUID version 7 (RFC 9562): sorts by the millisecond in which it was made. */
export function uuidv7(now: number = Date.now()): string {
  const bytes = freshBytes();
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Who owns data: every table, snapshot, artefact path, registry row and workflow id carries it. */
export type Tenant = string & { readonly __tenant: unique symbol };

/** True for a name that is safe as a path segment, SQL value and workflow id: a-z, 0-9, `-`, `_`, at most 63 characters. */
export function isName(value: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,62}$/.test(value);
}
