import { gradeBounds, greatestLogOddsBelow } from '../blend/index.ts';
import { OUTCOMES, type Decision, type Outcome } from '../decision/decision.ts';
import type { DecisionInput } from '../decision/decide.ts';
import type { RuleSet } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';

/** What advice is to reach: an outcome no worse than this one, and with it, where a grade is named, this grade or a better one. */
export interface AdviceTarget {
  readonly outcome: Outcome;
  readonly grade: string | null;
}

/** A target as bounds: the worst rank of outcome allowed, and the greatest final log-odds. */
export interface TargetBounds {
  readonly worst: number;
  readonly logOdds: number;
}

export const rankOf = (outcome: Outcome): number => OUTCOMES.indexOf(outcome);

/**
 * What there is to reach from a decision: approval, with conditions too, for who was declined or referred; approval as asked for, for who got
 * conditions; the next better grade for who was approved. Null: nothing is better.
 */
export function nextTarget(decision: Decision, standards: RatingStandards): AdviceTarget | null {
  const { outcome, grade } = decision;
  if (outcome === 'decline' || outcome === 'refer') return { outcome: 'condition', grade: null };
  if (outcome === 'condition') return { outcome: 'approve', grade: null };
  const bounds = gradeBounds(standards.masterScale);
  const at = bounds.findIndex(({ code }) => code === grade.code);
  const better = bounds.slice(0, Math.max(0, at)).findLast(({ from, to }) => from <= to);
  return better === undefined ? null : { outcome, grade: better.code };
}

/** Bounds of a target for one customer. */
export function boundsOf(
  target: AdviceTarget,
  { decision }: RuleSet,
  { masterScale }: RatingStandards,
  { facts }: DecisionInput,
): TargetBounds {
  const { cutoffs } = decision;
  const own = facts.segment !== null && Object.hasOwn(cutoffs.segments, facts.segment);
  const { approveBelow, declineFrom } = (own ? cutoffs.segments[facts.segment ?? ''] : undefined) ?? cutoffs;
  const cutoff =
    target.outcome === 'decline'
      ? Infinity
      : greatestLogOddsBelow(target.outcome === 'refer' ? declineFrom : approveBelow);
  const grade = gradeBounds(masterScale).find(({ code }) => code === target.grade)?.to ?? Infinity;
  return { worst: rankOf(target.outcome), logOdds: Math.min(cutoff, grade) };
}

/** Whether a decision reaches a target. */
export function reaches({ outcome, logOdds }: Pick<Decision, 'outcome' | 'logOdds'>, bounds: TargetBounds): boolean {
  return rankOf(outcome) <= bounds.worst && logOdds <= bounds.logOdds;
}
