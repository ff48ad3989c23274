import { ProbityError, sameActor, type Instant, type Json } from '../../base/index.ts';

/** Where a proposed rule set stands: an approved one is in force from the instant that the approval names. */
export type ProposalState = 'draft' | 'submitted' | 'approved' | 'rejected';

export type ProposalEventKind = 'submit' | 'approve' | 'reject';

export interface ProposalEvent {
  readonly kind: ProposalEventKind;
  readonly actor: string;
  readonly reason: string | null;
  /** The simulated effect that was shown, where there was one. */
  readonly effect: Json;
  readonly at: Instant;
}

/** A rule set that somebody wants to put in force. */
export interface Proposal {
  readonly proposalId: string;
  readonly rulesHash: string;
  readonly name: string;
  readonly version: number;
  readonly state: ProposalState;
  readonly author: string;
  readonly note: string | null;
  readonly createdAt: Instant;
  readonly events: readonly ProposalEvent[];
}

/** A rule set in force from an instant on, until the next one. */
export interface RuleReign {
  readonly rulesHash: string;
  readonly from: Instant;
  readonly how: 'approve' | 'rollback';
  readonly proposalId: string | null;
  readonly actor: string;
  readonly reason: string | null;
}

const STEPS = {
  submit: { from: 'draft', to: 'submitted' },
  approve: { from: 'submitted', to: 'approved' },
  reject: { from: 'submitted', to: 'rejected' },
} as const satisfies Record<ProposalEventKind, { readonly from: ProposalState; readonly to: ProposalState }>;

/**
 * The state after an event. Laws: drafts are submitted, submitted ones approved or rejected; who approves neither wrote nor submitted it (four eyes);
 * a rejection needs a reason. All violations are named at once.
 */
export function proposalAfter(
  proposal: { readonly state: ProposalState; readonly author: string; readonly submitter: string | null },
  event: { readonly kind: ProposalEventKind; readonly actor: string; readonly reason: string | null },
): ProposalState {
  const step = STEPS[event.kind];
  if (proposal.state !== step.from)
    throw new ProbityError('DECISION_REFUSED', `This proposal is ${proposal.state}, so it cannot be ${step.to}.`, {
      fix: 'See `probity rules list`; a new proposal can be made at any time.',
    });
  const problems = [];
  if (event.actor.trim() === '') problems.push({ at: 'actor', message: 'Nobody is named as the one who decides.' });
  const makers = [proposal.author, proposal.submitter ?? proposal.author];
  if (event.kind === 'approve' && makers.some((maker) => sameActor(maker, event.actor)))
    problems.push({
      at: 'actor',
      message: 'Who approves must neither have written nor submitted it.',
      fix: 'Ask a second person.',
    });
  if (event.kind === 'reject' && (event.reason?.trim() ?? '') === '')
    problems.push({ at: 'reason', message: 'A rejection needs a reason.' });
  if (problems.length > 0) throw new ProbityError('DECISION_REFUSED', 'This decision cannot be taken.', { problems });
  return step.to;
}
