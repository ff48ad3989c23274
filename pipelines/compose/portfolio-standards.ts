import type { Project } from '../../base/index.ts';
import { loadPortfolioAssumptions, loadRuleFiles, loadStandards, readLossFile } from '../../rating/index.ts';
import type { RuleSets } from '../../records/rules/index.ts';
import type { PortfolioParts } from './portfolio-work.ts';

/** The scale, losses and assumptions of a project as they stand now: losses of the rule set in force, of the project's files where the registry has none. */
export async function portfolioStandards(
  project: Project,
  ruleSets: RuleSets,
): ReturnType<PortfolioParts['standards']> {
  const reign = await ruleSets.standing();
  const files = reign === null ? loadRuleFiles(project.rulesDir) : await ruleSets.load(reign.rulesHash);
  return {
    masterScale: loadStandards(project.rulesDir).masterScale,
    loss: readLossFile(files),
    assumptions: loadPortfolioAssumptions(project.rulesDir),
  };
}
