import { slotKey } from '../../models/registry/index.ts';
import { ProbityError } from '../../base/index.ts';
import { lawBeside, parseRuleSet, protectedReads, requireLawful, type RuleFiles } from '../../rating/index.ts';
import type { ServingDependencies } from '../dependencies.ts';

/**
 * Throws PROTECTED_ATTRIBUTE, naming every place, where a proposed rule set reads what the project's law or a model that decides now, champion or challenger of a split, keeps out. A draft may be older than
 * both. What is promoted later is looked at where it meets the rules (`deploymentProblems`).
 */
export async function requireLawfulBeside(
  files: RuleFiles,
  {
    champions,
    loadModel,
    lawOfRules,
    standards,
  }: Pick<ServingDependencies, 'loadModel' | 'lawOfRules' | 'standards'> & {
    readonly champions: Pick<ServingDependencies['champions'], 'standing'>;
  },
): Promise<void> {
  const set = parseRuleSet(files, standards.masterScale);
  requireLawful(set, lawOfRules);
  const models = (await champions.standing()).flatMap(({ slot, modelHash, split }) =>
    [modelHash, ...(split ? [split.modelHash] : [])].map((hash) => ({ slot, hash })),
  );
  const problems = await Promise.all(
    models.map(async ({ slot, hash }) => {
      const { artefact } = await loadModel(hash);
      return protectedReads(set, lawBeside(artefact)).map((problem) => ({
        ...problem,
        message: `is kept out of the model of ${slotKey(slot)} as a protected attribute`,
      }));
    }),
  );
  if (problems.flat().length > 0)
    throw new ProbityError('PROTECTED_ATTRIBUTE', 'Rules beside a model cannot read what it is kept from seeing.', {
      problems: problems.flat(),
    });
}
