import { readRatingData } from '../project-data.ts';
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
  return parseActs(readRatingData(rulesDir, ACTS_FILE, 'advice'));
}
