import { isProbityError, ProbityError, type Problem } from '../../base/errors.ts';
import { AUTHORITY_FILE, loadAuthority } from '../cases/index.ts';
import type { OverrideLaw } from './override.ts';
import { loadOverridePolicy, OVERRIDES_FILE } from './policy.ts';

/**
 * The data of a project that say who may decide and override what: its own `authority.json` and `overrides.json` where its rules folder holds them, else the package's.
 * Throws INVALID_SPEC with every problem of both.
 */
export function loadOverrideLaw(rulesDir: string | null): OverrideLaw {
  const problems: Problem[] = [];
  const read = <T>(file: string, load: (rulesDir: string | null) => T): T | null => {
    try {
      return load(rulesDir);
    } catch (error) {
      if (!isProbityError(error, 'INVALID_SPEC')) throw error;
      const found = error.problems.map((one) => ({ ...one, at: `${file}: ${one.at}` }));
      problems.push(...(found.length > 0 ? found : [{ at: file, message: error.message }]));
      return null;
    }
  };
  const authority = read(AUTHORITY_FILE, loadAuthority);
  const policy = read(OVERRIDES_FILE, loadOverridePolicy);
  if (authority === null || policy === null)
    throw new ProbityError('INVALID_SPEC', 'The data that say who may decide and override are not valid.', {
      problems,
    });
  return { authority, policy };
}
