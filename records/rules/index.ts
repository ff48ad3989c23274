/** Rule sets of a tenant: proposals under four eyes, and what was in force when. */
export * from './proposal.ts';
export { createRuleSets, type ApproveOptions, type RuleSets, type SoundRules } from './rule-sets.ts';
