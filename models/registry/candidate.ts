import { ProbityError } from '../../base/errors.ts';
import { sameActor } from '../../base/actor.ts';

/** Where a candidate stands. `waiting` is the only state that a decision can change; `approved` leads to `promoted`. */
export type CandidateState = 'waiting' | 'approved' | 'rejected' | 'expired' | 'superseded' | 'promoted';

/**
 * What a registered model may be used for: a benchmark-only one (protected attributes, or a yardstick) and a challenger-only one (deep: nobody can
 * check its reasons) are compared with, and never decide.
 */
export type ModelUse = 'decisions' | 'benchmark-only' | 'challenger-only';

export type DecisionKind = 'approve' | 'reject' | 'expire' | 'supersede';

export interface Decision {
  readonly kind: DecisionKind;
  readonly actor: string;
  /** Why, in the decider's words; required to approve past a gate that did not pass, and to reject. */
  readonly reason: string | null;
}

const AFTER = {
  approve: 'approved',
  reject: 'rejected',
  expire: 'expired',
  supersede: 'superseded',
} as const satisfies Record<DecisionKind, CandidateState>;

/**
 * The state after a decision. Laws: only a waiting candidate can be decided; who approves is not who submitted (four eyes);
 * a gate that failed, or had too little evidence, needs a written reason; so does a rejection. All violations are named at once.
 * A model that may not decide is not approved, whoever asks and whatever the reason (BENCHMARK_ONLY, CHALLENGER_CANNOT_DECIDE).
 */
export function decide(
  candidate: {
    readonly state: CandidateState;
    readonly submitter: string;
    readonly gatesPassed: boolean | null;
    readonly use?: ModelUse;
  },
  decision: Decision,
): CandidateState {
  if (candidate.state !== 'waiting') {
    throw new ProbityError('CANDIDATE_DECIDED', `This candidate is ${candidate.state} already.`);
  }
  if (decision.kind === 'approve') requireDeciding(candidate.use);
  const problems = [];
  const reason = decision.reason?.trim() ?? '';
  if (decision.actor.trim() === '') problems.push({ at: 'actor', message: 'Nobody is named as the one who decides.' });
  if (decision.kind === 'approve') {
    if (candidate.gatesPassed === null)
      problems.push({ at: 'validation', message: 'The candidate has not been validated.' });
    if (sameActor(decision.actor, candidate.submitter)) {
      problems.push({ at: 'actor', message: 'Who approves must not be who submitted.', fix: 'Ask a second person.' });
    }
    if (candidate.gatesPassed === false && reason === '') {
      problems.push({ at: 'reason', message: 'Not every validation gate passed.', fix: 'Give a written reason.' });
    }
  }
  if (decision.kind === 'reject' && reason === '')
    problems.push({ at: 'reason', message: 'A rejection needs a reason.' });
  if (problems.length > 0) {
    throw new ProbityError('DECISION_REFUSED', 'This decision cannot be taken.', { problems });
  }
  return AFTER[decision.kind];
}

/** Throws BENCHMARK_ONLY or CHALLENGER_CANNOT_DECIDE where a model may not decide. */
export function requireDeciding(use: ModelUse | undefined): void {
  if (use === 'benchmark-only') {
    throw new ProbityError('BENCHMARK_ONLY', 'A benchmark-only model cannot be approved for decisions.');
  }
  if (use === 'challenger-only') {
    throw new ProbityError('CHALLENGER_CANNOT_DECIDE', 'A deep challenger cannot be approved for decisions.');
  }
}
