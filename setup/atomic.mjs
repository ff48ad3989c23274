import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A name beside `path` that nobody else uses; whatever is made there counts only after `commit`. */
export function temporaryFor(path) {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Moves a finished file or folder into place, over what was there. */
export async function commit(temporary, path) {
  await mkdir(dirname(path), { recursive: true });
  await rename(temporary, path).catch(async (error) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST' && error.code !== 'ENOTDIR') throw error;
    const old = temporaryFor(path);
    await rename(path, old);
    await rename(temporary, path);
    await rm(old, { recursive: true, force: true });
  });
}

/** Writes a small file so that a reader sees all of it or none. */
export async function writeWhole(path, text) {
  const temporary = temporaryFor(path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, text);
  await commit(temporary, path);
}

/** The text of a file, or null where it is missing. */
export function readText(path) {
  return readFile(path, 'utf8').catch(() => null);
}

export function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** SHA-256 of a file's bytes, in hexadecimal. */
export async function sha256File(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
