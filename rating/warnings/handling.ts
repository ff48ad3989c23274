import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, packageRoot, ProbityError } from '../../base/index.ts';
import { parseData } from '../parse-data.ts';
import { warningHandlingSchema, type WarningHandling } from './handling-schema.ts';

/** Where a project keeps a handling of warnings of its own, within its rules folder. */
export const WARNING_HANDLING_FILE = 'warning-handling.json';

/** Parses how warnings are handled; throws INVALID_SPEC naming every problem. */
export function parseWarningHandling(data: unknown): WarningHandling {
  return parseData(warningHandlingSchema, data, 'handling of warnings');
}

/** How a project handles warnings: its own file where its rules folder holds one, else the package's. Throws INVALID_SPEC. */
export function loadWarningHandling(rulesDir: string | null): WarningHandling {
  const own = rulesDir === null ? null : join(rulesDir, WARNING_HANDLING_FILE);
  const path = own !== null && existsSync(own) ? own : join(packageRoot(), 'rating', 'warnings', WARNING_HANDLING_FILE);
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ProbityError('INVALID_SPEC', `${WARNING_HANDLING_FILE} cannot be read as JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return parseWarningHandling(data);
}
