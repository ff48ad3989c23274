import { verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, sha256, type Instant, type Tenant } from '../../base/index.ts';
import type { ChainHead } from '../audit/index.ts';
import type { PublicKeys, Signer } from './keys.ts';

const FORMAT = 'probity.checkpoint/1';

/** A signed statement of where a tenant's chain stood: so many records, the last one with this hash. */
export interface Checkpoint {
  readonly format: typeof FORMAT;
  readonly tenant: string;
  readonly sequence: number;
  readonly hash: string;
  /** When it was signed. */
  readonly at: string;
  /** Hash of the checkpoint signed before it by the same project; null: there was none. */
  readonly previous: string | null;
  readonly key: string;
  /** Ed25519 over the canonical JSON of everything else, base64. */
  readonly signature: string;
}

const schema = z.strictObject({
  format: z.literal(FORMAT),
  tenant: z.string(),
  sequence: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  previous: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  key: z.string(),
  signature: z.string(),
});

/** Signs where a chain stands. */
export function signCheckpoint(
  signer: Signer,
  tenant: Tenant,
  { sequence, hash }: Pick<ChainHead, 'sequence' | 'hash'>,
  at: Instant,
  previous: string | null,
): Checkpoint {
  const content = { format: FORMAT, tenant, sequence, hash, at, previous, key: signer.keyId } as const;
  return { ...content, signature: signer.sign(canonicalJson(content)) };
}

/** A checkpoint as one line of text. */
export function checkpointText(checkpoint: Checkpoint): string {
  return canonicalJson({ ...checkpoint });
}

/** What names a checkpoint: SHA-256 of its canonical JSON, signature included. */
export function checkpointHash(checkpoint: Checkpoint): string {
  return sha256(checkpointText(checkpoint));
}

/** Reads a checkpoint; null where it is none. */
export function parseCheckpoint(text: string): Checkpoint | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Why a checkpoint cannot be relied on, or null. */
export function checkpointProblem(checkpoint: Checkpoint, tenant: Tenant, keys: PublicKeys): string | null {
  if (checkpoint.tenant !== tenant) return 'It is of another tenant.';
  const key = keys.get(checkpoint.key);
  if (key === undefined) return `It is signed with the key ${checkpoint.key.slice(0, 16)}, which is not known.`;
  const { signature, ...content } = checkpoint;
  const isSigned = verify(null, Buffer.from(canonicalJson(content)), key, Buffer.from(signature, 'base64'));
  return isSigned ? null : 'Its signature is not that of its content.';
}
