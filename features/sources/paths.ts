import { existsSync, statSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import { exactGlob, literal, ProbityError } from '../../base/index.ts';
import { unreadable, type SourceContext } from './source.ts';

/** A file as messages name it. */
export const label = (path: string): string => basename(path);

/** The files of a path or glob, by name. Throws FILE_NOT_FOUND where there is none. */
export async function filesOf(
  pattern: string,
  context: Pick<SourceContext, 'connection' | 'folder'>,
): Promise<string[]> {
  const path = isAbsolute(pattern) ? pattern : resolve(context.folder, pattern);
  if (existsSync(path)) {
    return [readable(path)];
  }
  if (/[*?[]/.test(path)) {
    const glob = isAbsolute(pattern) ? pattern : resolve(exactGlob(context.folder), pattern);
    const reader = await context.connection.runAndReadAll(`SELECT file FROM glob(${literal(glob)}) ORDER BY file`);
    const files = reader.getRows().map((row) => String(row[0]));
    if (files.length > 0) return files.map(readable);
  }
  throw new ProbityError('FILE_NOT_FOUND', `There is no file ${path}.`, {
    fix: 'Check the path; in a spec it is read relative to the folder of the spec.',
  });
}

/** The path of a file that ends; pipes and devices would be waited for, or read for ever. */
function readable(path: string): string {
  const status = statSync(path);
  if (status.isFile()) return path;
  if (status.isDirectory()) throw unreadable(label(path), 'is a folder', 'Name its files: `glob: folder/*.csv`.');
  throw unreadable(label(path), 'is a pipe or a device, not a file', 'Write its content to a file first.');
}
