import { canonicalJson, sha256, type Instant, type Tenant } from '../../base/index.ts';

/** The format of a chain record; part of what its hash covers. */
export const CHAIN_FORMAT = 'probity.chain/1';

/** What a chain record says; its hash covers all of it. */
export interface ChainContent {
  readonly tenant: Tenant;
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Hash of the record before; of the first one, `genesisHash`. */
  readonly previousHash: string;
  /** What the body is: `rating`, `erasure`, ... */
  readonly kind: string;
  /** Pseudonym of whom the body is about, or null. */
  readonly subject: string | null;
  /** Salted hash of the body (`bodyHash`): once body and salt are erased it tells nothing about them. */
  readonly bodyHash: string;
  /** When it was appended; never before the record before it. */
  readonly at: Instant;
}

/** A record of a tenant's audit chain. */
export interface ChainRecord extends ChainContent {
  readonly hash: string;
}

/** The end of a chain: how many records, the last one's hash, and when it was appended. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
  readonly at: Instant;
}

/** What the first record of a tenant's chain names as its predecessor. */
export function genesisHash(tenant: Tenant): string {
  return sha256(`${CHAIN_FORMAT} ${tenant}`);
}

/** The end of a chain without records. */
export function emptyHead(tenant: Tenant): ChainHead {
  return { sequence: 0, hash: genesisHash(tenant), at: '1970-01-01T00:00:00.000Z' as Instant };
}

/** SHA-256 over the canonical JSON (RFC 8785) of the format and every field of a record. */
export function recordHash(record: ChainContent): string {
  const { tenant, sequence, previousHash, kind, subject, bodyHash, at } = record;
  return sha256(canonicalJson({ at, bodyHash, format: CHAIN_FORMAT, kind, previousHash, sequence, subject, tenant }));
}

/** SHA-256 over a salt and the bytes of a body. */
export function bodyHash(salt: Uint8Array, body: Uint8Array): string {
  return sha256(Buffer.concat([salt, body]));
}

/** Links new records behind a head, in order, all at one instant, or at the head's where that is later. */
export function linkRecords(
  tenant: Tenant,
  head: ChainHead,
  now: Instant,
  entries: readonly Pick<ChainContent, 'kind' | 'subject' | 'bodyHash'>[],
): ChainRecord[] {
  const at = now < head.at ? head.at : now;
  let { sequence, hash } = head;
  return entries.map(({ kind, subject, bodyHash }) => {
    sequence += 1;
    const content: ChainContent = { tenant, sequence, previousHash: hash, kind, subject, bodyHash, at };
    hash = recordHash(content);
    return { hash, ...content };
  });
}
