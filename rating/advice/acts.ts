import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, packageRoot, ProbityError } from '../../base/index.ts';
import { parseData } from '../parse-data.ts';
import { actsSchema, type ActsFile } from './act-schema.ts';

/** Where a project keeps acts of its own, within its rules folder. */
export const ACTS_FILE = 'acts.json';

/** Parses acts; throws INVALID_SPEC naming every problem. */
export function parseActs(data: unknown): ActsFile {
  return parseData(actsSchema, data, 'list of acts');
}

/** The acts of a project: its own `acts.json` where its rules folder holds one, else the package's. Throws INVALID_SPEC where they are not valid. */
export function loadActs(rulesDir: string | null): ActsFile {
  const own = rulesDir === null ? null : join(rulesDir, ACTS_FILE);
  const path = own !== null && existsSync(own) ? own : join(packageRoot(), 'rating', 'advice', ACTS_FILE);
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ProbityError('INVALID_SPEC', `${ACTS_FILE} cannot be read as JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return parseActs(data);
}
