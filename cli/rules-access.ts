import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, ProbityError, type Json, type Project } from '../base/index.ts';
import { loadRuleFiles, RULE_SET_FILES, type RuleFiles } from '../rating/index.ts';
import { migrate, openDatabase, type Database } from '../records/database/index.ts';
import { createRuleSets, type RuleSets } from '../records/rules/index.ts';
import { resolveDatabase } from './stack/services.ts';

/** Opens the rule sets of a project's tenant for `work`, brings the schema up to date first, and closes the database again. */
export async function withRuleSets<T>(
  project: Project,
  work: (ruleSets: RuleSets, database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    await migrate(database);
    return await work(createRuleSets(database, project.tenant), database);
  } finally {
    await database.close();
  }
}

/** The rule files of a folder, the package's for those that it does not hold; without a folder, the project's. */
export async function ruleFilesOf(project: Project | null, folder: string | undefined): Promise<RuleFiles> {
  if (folder === undefined) return loadRuleFiles(project?.rulesDir ?? null);
  if (!existsSync(folder)) throw new ProbityError('FILE_NOT_FOUND', `There is no such folder: ${folder}`);
  const own: Record<string, Json> = {};
  for (const file of RULE_SET_FILES) {
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    try {
      own[file] = JSON.parse(await readFile(path, 'utf8')) as Json;
    } catch (error) {
      throw new ProbityError('INVALID_RULES', `${path} cannot be read as JSON: ${messageOf(error)}`, { cause: error });
    }
  }
  if (Object.keys(own).length === 0)
    throw new ProbityError('FILE_NOT_FOUND', `No rule files are in ${folder}.`, {
      fix: `They are named ${RULE_SET_FILES.slice(0, 5).join(', ')}, ...; docs/rules.md lists them.`,
    });
  return { ...loadRuleFiles(null), ...own };
}

/** The rules in force in the registry, else those of the project's files. */
export async function ruleFilesInForce(project: Project): Promise<RuleFiles> {
  return withRuleSets(project, async (ruleSets) => {
    const standing = await ruleSets.standing();
    return standing === null ? loadRuleFiles(project.rulesDir) : ruleSets.load(standing.rulesHash);
  });
}
