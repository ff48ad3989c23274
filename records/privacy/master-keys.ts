import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ProbityError, temporaryName, writeFileAtomic } from '../../base/index.ts';
import { KEY_BYTES, open, openBytes, seal, sealBytes } from './seal.ts';

const fileSchema = z.strictObject({
  format: z.literal('probity.master-keys/1'),
  active: z.string(),
  keys: z.record(
    z.string(),
    z.string().refine((text) => Buffer.from(text, 'base64url').length === KEY_BYTES),
  ),
});

type MasterKeyFile = z.output<typeof fileSchema>;

/** The keys that wrap the keys of subjects. They lie in a file of their own, readable by its owner alone, and never in the database. */
export interface MasterKeys {
  /** Wraps a data key by the active master key: `<id>.<sealed>`. */
  wrap(dataKey: Uint8Array, context: string): string;
  /** Unwraps by the master key that wrapped it. Throws MASTER_KEY_MISSING where that key is not in the file. */
  unwrap(wrapped: string, context: string): Buffer;
  /** Whether the active key wrapped it. */
  isCurrent(wrapped: string): boolean;
  /** Seals bytes by the active key itself, for what has no key of its own. */
  sealBytes(plain: Uint8Array, context: string): { readonly keyId: string; readonly sealed: Buffer };
  /** Opens them by the key of that name. Throws MASTER_KEY_MISSING, SEAL_BROKEN. */
  openBytes(keyId: string, sealed: Uint8Array, context: string): Buffer;
}

/** The file of a tenant's master keys, in the folder of its keys. */
export const masterKeyFile = (keys: string): string => join(keys, 'master-keys.json');

/** Reads the file of master keys, making it with a first key where there is none; of several processes that make it, one does. */
export async function openMasterKeys(path: string): Promise<MasterKeys> {
  const known = await readKeys(path);
  if (known !== null) return masterKeys(known);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const made = temporaryName(path);
  try {
    await writeKeys(made, {});
    await link(made, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(made, { force: true });
  }
  const file = await readKeys(path);
  if (file === null) throw new ProbityError('MASTER_KEY_MISSING', 'The file of master keys cannot be made.');
  return masterKeys(file);
}

/** Adds a new active key; the old ones stay for unwrapping until `dropUnused`. Wrap all data keys anew afterwards (Vault.rotate). */
export async function rotateMasterKeys(path: string): Promise<MasterKeys> {
  const file = await readKeys(path);
  return masterKeys(await writeKeys(path, file?.keys ?? {}));
}

/** Removes every key but the active one: call it once nothing is wrapped by them any more. */
export async function dropOldMasterKeys(path: string): Promise<void> {
  const file = await readKeys(path);
  const key = file?.keys[file.active];
  if (file === null || key === undefined) return;
  await writeFileAtomic(path, `${JSON.stringify({ ...file, keys: { [file.active]: key } })}\n`, 0o600);
}

async function readKeys(path: string): Promise<MasterKeyFile | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    throw new ProbityError('MASTER_KEY_MISSING', 'The file of master keys cannot be read.');
  }
}

async function writeKeys(path: string, before: MasterKeyFile['keys']): Promise<MasterKeyFile> {
  const id = randomBytes(6).toString('hex');
  const keys = { ...before, [id]: randomBytes(KEY_BYTES).toString('base64url') };
  const file: MasterKeyFile = { format: 'probity.master-keys/1', active: id, keys };
  await writeFileAtomic(path, `${JSON.stringify(file)}\n`, 0o600);
  return file;
}

function masterKeys({ active, keys }: MasterKeyFile): MasterKeys {
  const keyOf = (id: string): Buffer => {
    const text = Object.hasOwn(keys, id) ? keys[id] : undefined;
    if (text === undefined)
      throw new ProbityError('MASTER_KEY_MISSING', `The master key ${id} is not in the file of master keys.`);
    return Buffer.from(text, 'base64url');
  };
  return {
    wrap: (dataKey, context) => `${active}.${seal(keyOf(active), dataKey, context)}`,
    unwrap(wrapped, context) {
      const at = wrapped.indexOf('.');
      return open(keyOf(wrapped.slice(0, at)), wrapped.slice(at + 1), context);
    },
    isCurrent: (wrapped) => wrapped.startsWith(`${active}.`),
    sealBytes: (plain, context) => ({ keyId: active, sealed: sealBytes(keyOf(active), plain, context) }),
    openBytes: (keyId, sealed, context) => openBytes(keyOf(keyId), sealed, context),
  };
}
