import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ProbityError } from '../base/index.ts';
import type { FlatSpec } from '../features/specs/flat-spec.ts';
import { parseFlat, specKind } from '../features/specs/parse-flat.ts';

/** Reads the spec of one flat file; throws FILE_NOT_FOUND, or USAGE where it describes several tables. */
export async function readFlatSpec(path: string): Promise<FlatSpec> {
  if (!existsSync(path)) throw new ProbityError('FILE_NOT_FOUND', `There is no such spec: ${path}`);
  const text = await readFile(path, 'utf8');
  if (specKind(text, { file: path }) === 'relational') {
    throw new ProbityError('USAGE', `${path} describes several tables; this command takes one flat file.`, {
      fix: 'Run `probity import`, then `probity retrain`, in a project.',
    });
  }
  return parseFlat(text, { file: path });
}
