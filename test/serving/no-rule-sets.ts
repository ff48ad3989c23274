import { ProbityError } from '../../base/index.ts';
import type { RuleSets } from '../../records/rules/index.ts';

const noProposal = (): never => {
  throw new ProbityError('NOT_REGISTERED', 'There is no proposal of rules with this id.');
};
/** No rule set is on record, for tests that are not about them. */
export const noRuleSets: RuleSets = {
  draft: async () => noProposal(),
  submit: async () => noProposal(),
  approve: async () => noProposal(),
  reject: async () => noProposal(),
  rollback: async () => noProposal(),
  at: async () => null,
  standing: async () => null,
  history: async () => [],
  proposals: async () => [],
  proposal: async () => noProposal(),
  load: async () => noProposal(),
};
