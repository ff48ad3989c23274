import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import { open, seal } from '../privacy/seal.ts';

const FORMAT = 'probity.backup-keys/1';

const bundleSchema = z.strictObject({
  format: z.literal(FORMAT),
  files: z.array(
    z.strictObject({ name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/), mode: z.int(), content: z.string() }),
  ),
});

type Bundle = z.output<typeof bundleSchema>;

/** The keys of a tenant as they lie in its keys folder: private ones for their owner's eyes, public ones for everyone's. */
export async function readKeys(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(key|json|pem)$/.test(name)).sort();
  const files = await Promise.all(
    names.map(async (name) => ({
      name,
      mode: name.endsWith('.pem') ? 0o644 : 0o600,
      content: (await readFile(join(folder, name))).toString('base64'),
    })),
  );
  return JSON.stringify({ format: FORMAT, files } satisfies Bundle);
}

/** Seals them under the backup key, for the backup of this id alone. */
export function sealKeys(key: Uint8Array, bundle: string, backupId: string): string {
  return `${seal(key, Buffer.from(bundle), `${FORMAT} ${backupId}`)}\n`;
}

/** Opens them. Throws KEY_UNUSABLE where the backup key is another one, or the file was altered. */
export function openKeys(key: Uint8Array, sealed: string, backupId: string): Bundle {
  try {
    return bundleSchema.parse(JSON.parse(open(key, sealed.trim(), `${FORMAT} ${backupId}`).toString('utf8')));
  } catch (cause) {
    const message = 'The keys of this backup do not open: another backup key sealed them, or they were altered.';
    throw new ProbityError('KEY_UNUSABLE', message, { cause });
  }
}

/** Writes the keys into a keys folder. */
export async function writeKeys({ files }: Bundle, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { name, mode, content } of files)
    await writeFile(join(folder, name), Buffer.from(content, 'base64'), { mode, flag: 'wx' });
}
