import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/files.ts';
import { parseData } from '../parse-data.ts';
import { authoritySchema, type AuthorityLimits } from './authority-schema.ts';

/** Parses authority limits; throws INVALID_SPEC naming every problem. */
export function parseAuthority(data: unknown): AuthorityLimits {
  return parseData(authoritySchema, data, 'table of authority limits');
}

/** The authority limits that come with the package. */
export function defaultAuthority(): AuthorityLimits {
  return parseAuthority(JSON.parse(readFileSync(join(packageRoot(), 'rating', 'cases', 'authority.json'), 'utf8')));
}
