import { ProbityError, type Json } from '../../base/index.ts';
import { EffectTally } from '../../rating/index.ts';
import type { ProposedEffect, RuleSets } from '../../records/rules/index.ts';

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

/** The effect of a rule set where no decision is on record. */
export const noDecisionsFor = (rulesHash: string): ProposedEffect => ({
  format: 'probity.proposed-effect/1',
  rulesHash,
  at: '2026-06-01T12:00:00.000Z' as ProposedEffect['at'],
  from: null,
  leftOut: { erased: 0, withoutDecision: 0, featuresLacking: 0, refused: 0 },
  effect: new EffectTally().effect() as unknown as Json,
});
