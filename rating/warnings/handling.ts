import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';
import { warningHandlingSchema, type WarningHandling } from './handling-schema.ts';

/** Where a project keeps a handling of warnings of its own, within its rules folder. */
export const WARNING_HANDLING_FILE = 'warning-handling.json';

/** Parses how warnings are handled; throws INVALID_SPEC naming every problem. */
export function parseWarningHandling(data: unknown): WarningHandling {
  return parseData(warningHandlingSchema, data, 'handling of warnings');
}

/** How a project handles warnings: its own file where its rules folder holds one, else the package's. Throws INVALID_SPEC. */
export function loadWarningHandling(rulesDir: string | null): WarningHandling {
  return parseWarningHandling(readRatingData(rulesDir, WARNING_HANDLING_FILE, 'warnings'));
}
