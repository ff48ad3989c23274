import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';
import { authoritySchema, type AuthorityLimits } from './authority-schema.ts';

/** Where a project keeps authority limits of its own, within its rules folder. */
export const AUTHORITY_FILE = 'authority.json';

/** Parses authority limits; throws INVALID_SPEC naming every problem. */
export function parseAuthority(data: unknown): AuthorityLimits {
  return parseData(authoritySchema, data, 'table of authority limits');
}

/** The authority limits of a project: its own `authority.json` where its rules folder holds one, else the package's. Throws INVALID_SPEC where they are not valid. */
export function loadAuthority(rulesDir: string | null): AuthorityLimits {
  return parseAuthority(readRatingData(rulesDir, AUTHORITY_FILE, 'cases'));
}

/** The authority limits that come with the package. */
export function defaultAuthority(): AuthorityLimits {
  return loadAuthority(null);
}
