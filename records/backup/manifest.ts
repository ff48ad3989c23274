import { verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson, ProbityError } from '../../base/index.ts';
import type { PublicKeys, Signer } from '../checkpoints/index.ts';

export const MANIFEST = 'manifest.json';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const path = z
  .string()
  .regex(/^(?!\/)[^\\\0]+$/)
  .refine((text) => !text.split('/').some((part) => part === '' || part === '.' || part === '..'));

const manifestSchema = z.strictObject({
  format: z.literal('probity.backup/1'),
  backupId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,127}$/i),
  tenant: z.string(),
  version: z.string(),
  /** The one point that all of it is of. */
  point: z.strictObject({
    at: z.iso.datetime(),
    /** End of the audit chain. */
    chain: z.strictObject({ sequence: z.int(), hash: hash.nullable(), at: z.iso.datetime().nullable() }),
    /** Newest acknowledged fact in the database, and the newest one that the warehouse had taken in. */
    facts: z.int(),
    factsInWarehouse: z.int().nullable(),
    snapshotId: z.string().nullable(),
  }),
  migrations: z.array(z.strictObject({ name: z.string(), sha256: hash })),
  /** In an order in which foreign keys hold. */
  tables: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()), rows: z.int(), path })),
  sequences: z.array(z.strictObject({ table: z.string(), column: z.string(), last: z.int(), called: z.boolean() })),
  /** The data key, wrapped by the backup key of this id. */
  backupKey: z.string(),
  dataKey: z.string(),
  /** Sealed files: SHA-256 and bytes as they lie here; bytes as they were. */
  files: z.array(z.strictObject({ path, sha256: hash, sealedBytes: z.int(), bytes: z.int() })),
  /** SHA-256 of the sealed keys, which lie apart. */
  keys: hash,
  /** Files of the project that lie outside its folder and are not in the backup. */
  leftOut: z.array(z.string()),
});

/** What a backup holds, and of which point. */
export type Manifest = z.output<typeof manifestSchema>;

const signedSchema = z.strictObject({ manifest: manifestSchema, key: z.string(), signature: z.string() });

/** The manifest as it is written: signed by the tenant's key (Ed25519 over its canonical JSON). */
export function signedManifest(manifest: Manifest, signer: Signer): string {
  const signature = signer.sign(canonicalJson(manifest));
  return `${JSON.stringify({ manifest, key: signer.keyId, signature }, null, 1)}\n`;
}

/** Reads a backup's manifest, its signature still unchecked. Throws BACKUP_DAMAGED where there is none that can be read. */
export async function readManifest(
  folder: string,
): Promise<{ readonly manifest: Manifest; readonly check: (keys: PublicKeys) => void }> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: unknown) => {
    throw new ProbityError('BACKUP_DAMAGED', `${folder} holds no ${MANIFEST}: it is no backup, or an unfinished one.`, {
      cause,
    });
  });
  let signed: z.output<typeof signedSchema>;
  try {
    signed = signedSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ProbityError('BACKUP_DAMAGED', `${MANIFEST} cannot be read.`, { cause });
  }
  const { manifest, key, signature } = signed;
  return {
    manifest,
    check: (keys) => {
      const by = keys.get(key);
      const isSigned =
        by !== undefined && verify(null, Buffer.from(canonicalJson(manifest)), by, Buffer.from(signature, 'base64'));
      if (!isSigned) throw new ProbityError('BACKUP_DAMAGED', `${MANIFEST} is not what this project's key signed.`);
    },
  };
}
