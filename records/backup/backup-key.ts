import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ProbityError, writeFileAtomic } from '../../base/index.ts';

const keySchema = z.strictObject({
  format: z.literal('probity.backup-key/1'),
  id: z.string().regex(/^[0-9a-f]{12}$/),
  key: z.string().refine((text) => Buffer.from(text, 'base64url').length === 32),
});

/** The key that wraps each backup's data key and seals the project's keys. */
export interface BackupKey {
  readonly id: string;
  readonly key: Buffer;
}

/** Reads a backup key; with `make` it is made where there is none, readable by its owner alone. Throws KEY_UNUSABLE. */
export async function openBackupKey(path: string, { make = false } = {}): Promise<BackupKey> {
  if (!existsSync(path)) {
    if (!make) throw new ProbityError('KEY_UNUSABLE', `There is no backup key at ${path}.`, { fix: NAME_IT });
    const fresh = { format: 'probity.backup-key/1', id: randomBytes(6).toString('hex') };
    const key = randomBytes(32).toString('base64url');
    await writeFileAtomic(path, `${JSON.stringify({ ...fresh, key })}\n`, 0o600);
  }
  try {
    const { id, key } = keySchema.parse(JSON.parse(await readFile(path, 'utf8')));
    return { id, key: Buffer.from(key, 'base64url') };
  } catch (cause) {
    throw new ProbityError('KEY_UNUSABLE', `${path} is no backup key.`, { cause, fix: NAME_IT });
  }
}

const NAME_IT = 'Name the file that `probity backup` made or was given: --key-file FILE.';
