import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, packageRoot, ProbityError } from '../base/index.ts';

/**
 * A file of rating data as JSON: the project's own where its rules folder holds one of that name, else the package's in `home` (a folder under `rating/`).
 * Throws INVALID_SPEC where it is no JSON.
 */
export function readRatingData(rulesDir: string | null, file: string, home: string): unknown {
  const own = rulesDir === null ? null : join(rulesDir, file);
  const path = own !== null && existsSync(own) ? own : join(packageRoot(), 'rating', home, file);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new ProbityError('INVALID_SPEC', `${file} cannot be read as JSON: ${messageOf(error)}`, { cause: error });
  }
}
