import { ProbityError } from '../../base/index.ts';
import { loadRuleFiles, parseRuleSet, ruleSetHash, type MasterScale, type Texts } from '../../rating/index.ts';
import type { RuleReign, RuleSets } from '../../records/rules/index.ts';
import type { RulesInForce, ServingDependencies } from '../dependencies.ts';

/** The registry's rule sets; as long as it has none, the files of the project, as they were when the server started. */
export function rulesInForce(ruleSets: RuleSets, rulesDir: string | null): ServingDependencies['rules'] {
  const files = loadRuleFiles(rulesDir);
  const ofFiles: RulesInForce = { hash: ruleSetHash(files), from: null };
  const inForce = (reign: RuleReign | null): RulesInForce =>
    reign === null ? ofFiles : { hash: reign.rulesHash, from: reign.from };
  return {
    standing: async () => inForce(await ruleSets.standing()),
    at: async (at) => inForce(await ruleSets.at(at)),
    async load(hash) {
      const found = hash === ofFiles.hash ? files : await ruleSets.load(hash);
      if (ruleSetHash(found) === hash) return found;
      throw new ProbityError('INVALID_RULES', 'The stored rule set is not what its hash names: it was altered.', {
        fix: 'Restore the operational database from a backup, or propose the rules again.',
      });
    },
  };
}

/** What the codes of the rules in force mean; those of a rule set are read once. */
export function meaningsOf(
  rules: Pick<ServingDependencies['rules'], 'standing' | 'load'>,
  scale: MasterScale,
): () => Promise<ReadonlyMap<string, Texts>> {
  let read: { readonly hash: string; readonly texts: ReadonlyMap<string, Texts> } | null = null;
  return async () => {
    const { hash } = await rules.standing();
    if (read?.hash !== hash) read = { hash, texts: parseRuleSet(await rules.load(hash), scale).texts };
    return read.texts;
  };
}
