import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Writes a file so that a reader sees the old bytes or the new ones, never a part: temporary file, fsync, rename.
 * `mode` is the file's permissions (0o600 for secrets).
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
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
