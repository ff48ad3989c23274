import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, packageRoot, ProbityError, type Json } from '../../base/index.ts';
import { RULE_SET_FILES, type RuleFiles } from './rule-set.ts';

/** Where a project keeps rule files of its own, within its rules folder. */
export const TABLES_FOLDER = 'tables';

/**
 * The rule files of a project: its own of `<rulesDir>/tables` where there is one, else the package's. They are read, not checked.
 * Throws INVALID_RULES for a file that is not JSON.
 */
export function loadRuleFiles(rulesDir: string | null): RuleFiles {
  const entries = RULE_SET_FILES.map((file) => {
    const own = rulesDir === null ? null : join(rulesDir, TABLES_FOLDER, file);
    const path = own !== null && existsSync(own) ? own : join(packageRoot(), 'rating', 'rules', 'tables', file);
    try {
      return [file, JSON.parse(readFileSync(path, 'utf8')) as Json] as const;
    } catch (error) {
      throw new ProbityError('INVALID_RULES', `${file} cannot be read as JSON: ${messageOf(error)}`, { cause: error });
    }
  });
  return Object.fromEntries(entries) as RuleFiles;
}
