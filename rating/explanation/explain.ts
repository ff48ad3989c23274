import type { FeatureValues } from '../../models/artefact/index.ts';
import { gradeBounds, GRAIN, strictestBounds } from '../blend/index.ts';
import {
  OUTCOMES,
  type Decision,
  type DecisionCause,
  type FactSources,
  type PolicyOutcome,
} from '../decision/index.ts';
import type { RateableModel } from '../model.ts';
import { isCapped, lendsLess, reviewReason, type Override } from '../overrides/index.ts';
import { pointsPerLogOdds } from '../points.ts';
import type { RuleSet, Scalar } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';
import type { Anew } from './anew.ts';
import { candidatesOf, type Candidate } from './candidates.ts';
import type { CriterionRemedy } from './criteria.ts';
import { explainFirst } from './explain-first.ts';
import { OF_SCORE } from './reads.ts';
import type { Remedy } from './put-right.ts';
import { searchSet } from './search.ts';

/** What the decision turned on. */
export type Boundary =
  /** A PD cutoff; `logOdds` is the greatest final log-odds on the better side. */
  | { readonly kind: 'cutoff'; readonly pd: number; readonly logOdds: number }
  /** The next better grade. */
  | { readonly kind: 'grade'; readonly grade: string; readonly logOdds: number }
  /** Rules that decide by themselves: whatever the score, or with `mayReadScore`, no cutoff of it. */
  | { readonly kind: 'rule'; readonly mayReadScore?: true }
  /** A person decided otherwise than model and rules. */
  | { readonly kind: 'override'; readonly from: Override['from']; readonly to: Override['to'] }
  /** The best grade already. */
  | { readonly kind: 'none' };

/** One reason of a decision. */
export type DecisionReason =
  | {
      readonly kind: 'feature';
      readonly name: string;
      readonly remedy: Remedy;
      readonly gain: number;
      readonly points: number;
    }
  | {
      readonly kind: 'criterion';
      readonly remedy: CriterionRemedy;
      /** Facts that would bring the criterion there, by field; absent: they were not worked out (engines before `probity.decision/4`). */
      readonly facts?: ReadonlyMap<string, Scalar>;
      readonly gain: number;
      readonly points: number;
    }
  | { readonly kind: 'rule'; readonly cause: DecisionCause }
  | { readonly kind: 'bound'; readonly policy: PolicyOutcome }
  | { readonly kind: 'override'; readonly override: Override };

/** Why a decision was made, and what its reasons amount to together. */
export interface Explanation {
  readonly boundary: Boundary;
  /** How far the final log-odds lie beyond the boundary; 0 where there is none. */
  readonly distance: number;
  readonly reasons: readonly DecisionReason[];
  /** By how much the final log-odds fall when all of the features and criteria named are put right; exact. */
  readonly together: number;
  /** Whether the decision is then another one: the boundary is reached, and no rule stands in its way. */
  readonly reaches: boolean;
}

/** What is explained: a decision with everything that it is a function of. */
export interface Explained {
  readonly decision: Decision;
  readonly model: RateableModel;
  readonly values: FeatureValues;
  readonly set: RuleSet;
  readonly standards: RatingStandards;
  /** The override that stands in the decision's place, where one does (`standsAt`). */
  readonly override?: Override | null;
  /** Why it was made, as its engine worked out; absent: the engine leaves that to `explainFirst`. */
  readonly explanation?: Explanation;
}

/** What reasons are worked out from: also what was decided on. */
export interface ExplainedInput extends Explained {
  readonly input: FactSources;
}

/** The outcome that is explained: that of the override where one stands, else the decision's. Where a review lowered the limit below what was asked for, an approval is one with conditions. */
export function outcomeMade({ decision, override }: Pick<Explained, 'decision' | 'override'>): Decision['outcome'] {
  return override ? outcomeUnder(override, decision) : decision.outcome;
}

function outcomeUnder(override: Override, decision: Decision): Override['to'] {
  return override.to === 'approve' && lendsLess(override, decision) ? 'condition' : override.to;
}

/**
 * Explains the decision that was made, not only its score. Where a person overrode it, or decided its case, the person's reasons are the reasons: those of model and rules speak
 * for another outcome, and are told only where the person decided for them. Where the limit that stands is a review's, that is the first reason, before what else asks for the same outcome. Else what its engine worked out, which is part of the evidence from `probity.decision/4` on.
 */
export function explain(explained: Explained): Explanation {
  const { decision, override } = explained;
  const rated = (): Explanation => explained.explanation ?? explainFirst(explained);
  if (!override) return rated();
  const capping = reasonsOfReview(override, decision);
  const decidedOtherwise = override.from !== override.to;
  if (!decidedOtherwise && capping.length === 0) return rated();
  const reasons = decidedOtherwise
    ? reasonsOfPerson(override, explained)
    : decision.outcome === 'approve'
      ? []
      : rated().reasons.filter((reason) => !(reason.kind === 'rule' && reason.cause.source === 'limit'));
  return {
    boundary: { kind: 'override', from: override.from, to: outcomeUnder(override, decision) },
    distance: 0,
    reasons: [...capping, ...reasons].slice(0, explained.standards.policy.reasons.atMost),
    together: 0,
    reaches: false,
  };
}

/** The person's reason where the limit that stands is the sign-off's of a review. */
function reasonsOfReview(override: Override, { limit }: Decision): readonly DecisionReason[] {
  if (override.review === undefined || !isCapped(override, limit)) return [];
  const { code, text } = reviewReason(override.review);
  return [{ kind: 'override', override: { ...override, reasonCode: code, reason: text } }];
}

/** The principal reasons of a person, each told by its own text; with those of model and rules where they are the person's as well, at most as many as the policy tells. */
function reasonsOfPerson(override: Override, explained: Explained): readonly DecisionReason[] {
  const { verdict } = override;
  if (verdict === undefined) return [{ kind: 'override', override }];
  const rated = verdict.reasons.some(({ asRated }) => asRated)
    ? (explained.explanation ?? explainFirst(explained)).reasons
    : [];
  const own = verdict.reasons
    .filter(({ asRated }) => asRated !== true || rated.length === 0)
    .map(({ code, text }): DecisionReason => ({
      kind: 'override',
      override: { ...override, reasonCode: code, reason: text },
    }));
  return [...own, ...rated].slice(0, explained.standards.policy.reasons.atMost);
}

/**
 * Why model and rules decided so. Binding rules come first, whatever else binds; where nothing else does, or rows hold the grade down, they are the only
 * reasons. Then features and criteria: of all sets of the size that is left, the one that, put right together, brings the final log-odds down
 * furthest. Each names the facts at which it would harm no more; its gain is what the final log-odds fall by when it alone is put right, as deciding
 * anew finds to the last bit: bounds, criteria and facts that follow from features included. Where none moves the score, the rule that holds it, or the cutoff, is named.
 */
export function explanationOf(of: ExplainedInput): Explanation {
  const { decision, standards } = of;
  const { atMost } = standards.policy.reasons;
  const held = holding(of, 'no-better');
  const asking = bindingRules(decision);
  const codes = new Set(asking.map(({ cause }) => cause.code));
  const rules = [...asking, ...held.filter(({ policy }) => !codes.has(policy.code))].slice(0, atMost);
  const cutoff = bindingCutoff(decision);
  if (held.length > 0 || (rules.length > 0 && cutoff === null))
    return { boundary: ruleBoundary(of, asking), distance: 0, reasons: rules, together: 0, reaches: false };
  const boundary = boundaryOf(decision, standards);
  const distance = 'logOdds' in boundary ? decision.logOdds - boundary.logOdds : 0;
  const { named, together, reaches } = namedOf(of, atMost - rules.length, distance);
  const reasons = [...rules, ...named];
  if (reasons.length > 0) return { boundary, distance, reasons, together, reaches };
  const only = held.length === 0 && cutoff !== null ? [{ kind: 'rule', cause: cutoff } as const] : [];
  const floor = holding(of, 'no-worse');
  return { boundary, distance, reasons: floor.length > 0 ? floor : only, together, reaches };
}

/** Limits and terms read the score, policy may read the model's. */
function ruleBoundary({ set }: ExplainedInput, asking: readonly { readonly cause: DecisionCause }[]): Boundary {
  const isByScore = asking.some(({ cause }) => cause.source === 'limit' || cause.source === 'terms');
  const readsModel = set.policy.some(({ fields }) => fields.some(({ name }) => OF_SCORE.includes(name)));
  return isByScore || readsModel ? { kind: 'rule', mayReadScore: true } : { kind: 'rule' };
}

/** What else than a cutoff asks for the decision that was made. */
function bindingRules({ outcome, causes }: Decision): (DecisionReason & { readonly kind: 'rule' })[] {
  if (outcome === 'approve') return [];
  return causes
    .filter(({ binding, source }) => binding && source !== 'cutoff')
    .map((cause) => ({ kind: 'rule', cause }) as const);
}

function bindingCutoff({ outcome, causes }: Decision): DecisionCause | null {
  if (outcome === 'approve') return null;
  return causes.find(({ binding, source }) => binding && source === 'cutoff') ?? null;
}

/** Policy rows that hold the grade where it is: those alone that bind. */
function holding(
  { decision: { blend, policy }, standards }: ExplainedInput,
  bound: 'no-better' | 'no-worse',
): readonly (DecisionReason & { readonly kind: 'bound' })[] {
  const part = blend.parts.find((each) => each.kind === 'bound');
  if (part?.bound !== bound) return [];
  return policy
    .filter((row) => {
      const { best, worst } = strictestBounds([row], standards.masterScale);
      return (bound === 'no-better' ? best : worst)?.grade === part.grade;
    })
    .map((row) => ({ kind: 'bound', policy: row }) as const);
}

function boundaryOf(decision: Decision, { masterScale }: RatingStandards): Boundary {
  const cutoff = bindingCutoff(decision)?.cutoff ?? null;
  if (cutoff !== null) return { kind: 'cutoff', pd: cutoff.pd, logOdds: cutoff.logOdds - GRAIN };
  const bounds = gradeBounds(masterScale);
  const at = bounds.findIndex(({ code }) => code === decision.grade.code);
  const better = bounds.slice(0, Math.max(0, at)).findLast(({ from, to }) => from <= to);
  return better === undefined ? { kind: 'none' } : { kind: 'grade', grade: better.code, logOdds: better.to };
}

/** The best set of at most `size` features and criteria, those that gain most alone first. */
function namedOf(
  of: ExplainedInput,
  size: number,
  distance: number,
): { readonly named: readonly DecisionReason[] } & Pick<Explanation, 'together' | 'reaches'> {
  if (size <= 0) return { named: [], together: 0, reaches: false };
  const { standards } = of;
  const { all, anew, search } = candidatesOf(of);
  const members = searchSet(search, size)
    .map((i) => ({ i, alone: search.gain([i]) }))
    .sort((a, b) => b.alone.final - a.alone.final || b.alone.unbounded - a.alone.unbounded || a.i - b.i);
  if (members.length === 0) return { named: [], together: 0, reaches: false };
  const together = search.gain(members.map(({ i }) => i)).final;
  const perLogOdds = pointsPerLogOdds(standards.points);
  const chosen = members.flatMap(({ i }) => all[i] ?? []);
  const named = members.flatMap(({ i, alone }) => {
    const candidate = all[i];
    return candidate === undefined ? [] : [reasonOf(candidate, alone.final, perLogOdds)];
  });
  // Other cutoffs may hold for another segment.
  const reaches = distance > 0 && isAnother(of, anew, chosen, together >= distance);
  return { named, together, reaches };
}

/** Whether the decision is another one with these put right: a better grade where it approves, else a better outcome. */
function isAnother({ decision }: ExplainedInput, anew: Anew, chosen: readonly Candidate[], crosses: boolean): boolean {
  if (decision.outcome === 'approve') return crosses;
  // Other cutoffs may hold for another segment.
  if (!crosses && !chosen.some(({ fields }) => fields.has('customer.segment'))) return false;
  return OUTCOMES.indexOf(anew.outcome(chosen)) < OUTCOMES.indexOf(decision.outcome);
}

function reasonOf(candidate: Candidate, gain: number, perLogOdds: number): DecisionReason {
  const figures = { gain, points: gain * perLogOdds };
  if (candidate.kind === 'feature')
    return { kind: 'feature', name: candidate.name, remedy: candidate.remedy, ...figures };
  const { name, row, fields } = candidate;
  return {
    kind: 'criterion',
    remedy: { name, row: row.id, points: Number(row.outputs['points']), gain },
    facts: fields,
    ...figures,
  };
}
