import { ProbityError, type Problem } from '../../base/index.ts';
import { decide, requireDeciding, type CandidateState, type ModelUse } from './candidate.ts';
import { ratesCustomers, slotKey, type Slot } from './slot.ts';

/** A candidate as it is put beside a champion. */
export interface Trialled {
  readonly slot: Slot;
  readonly submitter: string;
  readonly state: CandidateState;
  readonly gatesPassed: boolean | null;
  readonly use: ModelUse;
}

/** Who puts it there, for which share of the slot's customers, and why. */
export interface Trial {
  readonly slot: Slot;
  readonly share: number;
  readonly actor: string;
  readonly reason: string | null;
}

/**
 * Whether a candidate may be put in the shadow of a slot. Any model that predicts the slot's event over its horizon may, since a shadow
 * decides nothing; it must be of the slot's portfolio, and a slot for late payment or a term structure rates nobody, so nothing can follow it.
 * Throws INVALID_INPUT with all problems.
 */
export function requireShadow({ slot: own }: Pick<Trialled, 'slot'>, { slot, share, actor }: Trial): void {
  const problems: Problem[] = [...shareProblems(share), ...actorProblems(actor)];
  if (!ratesCustomers(slot) || !ratesCustomers(own))
    problems.push({ at: 'slot', message: `${beside(ratesCustomers(slot) ? own : slot)}; there is nothing to shadow.` });
  if (slot.portfolio !== own.portfolio || slot.horizonMonths !== own.horizonMonths)
    problems.push({
      at: 'slot',
      message: `The model was made for ${slotKey(own)}: portfolio and horizon must be the same.`,
    });
  refuse(problems, 'This model cannot shadow this slot.');
}

/**
 * Whether a candidate may decide for a share of the slot's customers. It decides for real people, so the law of approval holds
 * (`decide`): a model that may decide, validated, put there by somebody else than its submitter, and past a failed gate only with a
 * reason. A rejected one may not; a share of 1 would be a promotion. Throws as `decide` does, INVALID_INPUT otherwise.
 */
export function requireSplit(candidate: Trialled, trial: Trial): void {
  requireDeciding(candidate.use);
  if (candidate.state === 'rejected')
    throw new ProbityError('CANDIDATE_DECIDED', 'This candidate is rejected already.');
  const problems: Problem[] = [...shareProblems(trial.share)];
  if (trial.share === 1) problems.push({ at: 'share', message: 'A model for every customer is a champion.' });
  if (slotKey(candidate.slot) !== slotKey(trial.slot))
    problems.push({ at: 'slot', message: `The candidate stands for ${slotKey(candidate.slot)}.` });
  if (!ratesCustomers(candidate.slot)) problems.push({ at: 'slot', message: `${beside(candidate.slot)}.` });
  refuse(problems, 'This model cannot decide for a share of this slot.');
  decide({ ...candidate, state: 'waiting' }, { kind: 'approve', actor: trial.actor, reason: trial.reason });
}

function beside({ lateDays }: Slot): string {
  return `A slot for ${lateDays === undefined ? 'a term structure' : 'late payment'} rates nobody`;
}

function shareProblems(share: number): Problem[] {
  if (share > 0 && share <= 1) return [];
  return [{ at: 'share', message: 'The share must lie above 0 and at most at 1.', fix: 'For example 0.2.' }];
}

function actorProblems(actor: string): Problem[] {
  return actor.trim() === '' ? [{ at: 'actor', message: 'Nobody is named as the one who does this.' }] : [];
}

function refuse(problems: readonly Problem[], message: string): void {
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', message, { problems });
}
