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

/** What a proposed set would make of decisions on record, worked out where it was submitted. */
export interface ProposedEffect {
  readonly format: 'probity.proposed-effect/1';
  /** Of the set that it is the effect of. */
  readonly rulesHash: string;
  readonly at: Instant;
  /** The oldest decision that was looked at; null: none is on record. */
  readonly from: Instant | null;
  /** Ratings that were not taken again, by why; `rerated`: looks of the system again for reviews and disputes (absent: they were taken, too). */
  readonly leftOut: {
    readonly erased: number;
    readonly rerated?: number;
    readonly withoutDecision: number;
    readonly featuresLacking: number;
    readonly refused: number;
  };
  /** Decisions before and after: outcomes, shifts, limits, expected loss, grades, causes. */
  readonly effect: Json;
}

/** Whose effect it is: the hash of its rule set, as `submit` and as `probity rules simulate-effect` write it; null: it is no effect. */
export function rulesOfEffect(effect: Json): string | null {
  const { rulesHash, after } = (effect ?? {}) as { readonly rulesHash?: unknown; readonly after?: unknown };
  const { rules } = (after ?? {}) as { readonly rules?: { readonly hash?: unknown } | null };
  const hash = rulesHash ?? rules?.hash;
  return typeof hash === 'string' ? hash : null;
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
 * a rejection needs a reason; an approval needs the simulated effect of the very set, on record since its submission. All violations are named at once.
 */
export function proposalAfter(
  proposal: { readonly state: ProposalState; readonly author: string; readonly submitter: string | null },
  event: { readonly kind: ProposalEventKind; readonly actor: string; readonly reason: string | null },
  effects: {
    /** Of the proposed set. */
    readonly rulesHash: string;
    /** On record with its submission; null: none. */
    readonly submitted: Json;
    /** Brought with this event; null: none. */
    readonly brought: Json;
  },
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
  const { rulesHash, submitted, brought } = effects;
  if (brought !== null && rulesOfEffect(brought) !== rulesHash)
    problems.push({
      at: 'effect',
      message: 'This is not the effect of these rules.',
      fix: 'Simulate the effect of the very files that are proposed.',
    });
  if (event.kind === 'approve' && rulesOfEffect(submitted) !== rulesHash)
    problems.push({
      at: 'effect',
      message: 'No effect of these very rules is on record with their submission, so nobody could have seen it.',
      fix: 'Reject it and propose the set anew: its effect on recorded decisions is worked out where it is submitted.',
    });
  if (problems.length > 0) throw new ProbityError('DECISION_REFUSED', 'This decision cannot be taken.', { problems });
  return step.to;
}
