import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, constants, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, ProbityError } from './errors.ts';

/**
 * Makes a folder and those above it. Node's own recursive `mkdir` never returns under a parent that answers ENOENT
 * for what it refuses to hold, such as /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(path);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && attempt === 1 && parent !== path) await makeFolder(parent);
      else if ((await stat(path).catch(() => null))?.isDirectory() === true) return;
      else throw error;
    }
  }
}

/** Makes a folder for output, before the work whose result it is to hold. Throws FILE_UNUSABLE where nothing can be written in it. */
export async function makeOutputFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
    await access(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ProbityError('FILE_UNUSABLE', `Nothing can be written in this folder: ${path} (${messageOf(cause)})`, {
      cause,
    });
  }
}

/** Makes the folder of an output file. Throws FILE_UNUSABLE where it cannot be written in, or the path is a folder itself. */
export async function makeRoomForFile(path: string): Promise<void> {
  await makeOutputFolder(dirname(path));
  if ((await stat(path).catch(() => null))?.isDirectory() === true)
    throw new ProbityError('FILE_UNUSABLE', `This is a folder, not a file that can be written: ${path}`);
}

const ABOUT_FILES: ReadonlySet<string> = new Set(
  'EACCES EDQUOT EEXIST EIO EISDIR ELOOP EMFILE ENAMETOOLONG ENOENT ENOSPC ENOTDIR ENOTEMPTY EPERM EROFS'.split(' '),
);

/** An error of the operating system about a file (is a folder, no permission, no room) as FILE_UNUSABLE; anything else as it is. */
export function fileSystemError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ProbityError) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || !ABOUT_FILES.has(code)) return error;
  if (/^(bind|connect|kill|listen|spawn)/.test(syscall)) return error;
  return new ProbityError('FILE_UNUSABLE', `The operating system refuses: ${error.message}`, { cause: error });
}

/**
 * Writes a file so that a reader sees the old bytes or the new ones, never a part: temporary file, fsync, rename.
 * `mode` is the file's permissions (0o600 for secrets).
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  await makeFolder(dirname(path));
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * A path as the glob that matches this file alone. DuckDB takes the path of a CSV or Parquet file for a glob: without this,
 * `data[1].csv` reads `data1.csv`, and `a*.csv` every file that starts so.
 */
export function exactGlob(path: string): string {
  return path.replace(/[*?[]/g, (mark) => `[${mark}]`);
}

/** The package's own root (the folder of package.json), from source and from dist alike; SQL files and other assets live under it. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The version of this package. */
export async function packageVersion(): Promise<string> {
  return (JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

/** The compiled JavaScript of a source file, for child processes and threads: `compiledEntry('models/train/process.ts')`. */
export function compiledEntry(source: string): string {
  return join(packageRoot(), 'dist', source.replace(/\.ts$/, '.js'));
}

/**
 * How Node.js runs a command of ours, as `bin/probity.mjs` says in its first line: a young generation of up to 96 MiB instead of 48. Requests under way survive
 * fewer collections, each of which copies them (docs/decisions/0143-a-larger-young-generation.md).
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=32'];
