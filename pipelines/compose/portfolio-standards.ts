import type { Project } from '../../base/index.ts';
import {
  loadPortfolioAssumptions,
  loadRuleFiles,
  loadStandards,
  readLossFile,
  type RuleFiles,
} from '../../rating/index.ts';
import type { RuleSets } from '../../records/rules/index.ts';
import type { PortfolioParts } from './portfolio-work.ts';

/** The rule files in force; the project's own where the registry has none. */
export async function rulesInForce({ rulesDir }: Project, ruleSets: RuleSets): Promise<RuleFiles> {
  const reign = await ruleSets.standing();
  return reign === null ? loadRuleFiles(rulesDir) : ruleSets.load(reign.rulesHash);
}

/** The scale, losses and assumptions of a project as they stand now: losses of the rule set in force, of the project's files where the registry has none. */
export async function portfolioStandards(
  project: Project,
  ruleSets: RuleSets,
): ReturnType<PortfolioParts['standards']> {
  const files = await rulesInForce(project, ruleSets);
  return {
    masterScale: loadStandards(project.rulesDir).masterScale,
    loss: readLossFile(files),
    assumptions: loadPortfolioAssumptions(project.rulesDir),
  };
}
