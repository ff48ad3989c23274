import { join } from 'node:path';
import { readRulesJson } from '../base/index.ts';

/**
 * A file of rating data as JSON: the project's own where its rules folder holds one of that name, else the package's in `home` (a folder under `rating/`).
 * Throws INVALID_SPEC where it is no JSON.
 */
export function readRatingData(rulesDir: string | null, file: string, home: string): unknown {
  return readRulesJson(rulesDir, join('rating', home), file);
}
