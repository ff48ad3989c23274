import { gradeBounds, GRAIN } from '../blend/index.ts';
import type { Decision } from '../decision/index.ts';
import { pointsPerLogOdds } from '../points.ts';
import type { RuleSet } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';
import { bestSet, gainOf, type SetGains } from './best-set.ts';
import { criterionRemedies, pointsOn, readsFeature, shareOf, withFeatures } from './criteria.ts';
import type { Boundary, DecisionReason, Explained, Explanation } from './explain.ts';
import { interactions, remedies, type Remedy } from './put-right.ts';

/**
 * Reasons as they were worked out for the engines before `probity.decision/4`, whose evidence holds none: kept as it was, so that what
 * was said of a decision stays (test/ratings-corpus/told). Gains are those of the log-odds before bounds, by features alone.
 */
export function explainFirst(explained: Explained): Explanation {
  const { decision, standards } = explained;
  const { atMost } = standards.policy.reasons;
  const rules = decidingRules(decision);
  if (rules.length > 0)
    return { boundary: { kind: 'rule' }, distance: 0, reasons: rules.slice(0, atMost), together: 0, reaches: false };
  const boundary = boundaryOf(decision, standards);
  const distance = 'logOdds' in boundary ? decision.logOdds - boundary.logOdds : 0;
  const { candidates, gains } = candidatesOf(explained);
  const named = bestSet(gains, atMost).filter((i) => (gains.single[i] ?? 0) > 0);
  const reasons = named.flatMap((i) => candidates[i] ?? []);
  const together = gainOf(named, gains);
  return { boundary, distance, reasons, together, reaches: distance > 0 && together >= distance };
}

/** Rules that alone explain the decision: binding causes where no cutoff binds, or the rows that hold the grade. */
function decidingRules(decision: Decision): DecisionReason[] {
  const binding = decision.causes.filter(({ binding: binds }) => binds);
  if (decision.outcome !== 'approve' && !binding.some(({ source }) => source === 'cutoff'))
    return binding.map((cause) => ({ kind: 'rule', cause }));
  const bound = decision.blend.parts.find((part) => part.kind === 'bound');
  if (bound === undefined || bound.bound !== 'no-better') return [];
  return decision.policy
    .filter(({ noBetterThan }) => noBetterThan !== null)
    .map((policy) => ({ kind: 'bound', policy }));
}

function boundaryOf(decision: Decision, { masterScale }: RatingStandards): Boundary {
  const cutoff = decision.causes.find(({ binding, source }) => binding && source === 'cutoff')?.cutoff ?? null;
  if (decision.outcome !== 'approve' && cutoff !== null)
    return { kind: 'cutoff', pd: cutoff.pd, logOdds: cutoff.logOdds - GRAIN };
  const bounds = gradeBounds(masterScale);
  const at = bounds.findIndex(({ code }) => code === decision.grade.code);
  const better = bounds.slice(0, Math.max(0, at)).findLast(({ from, to }) => from <= to);
  return better === undefined ? { kind: 'none' } : { kind: 'grade', grade: better.code, logOdds: better.to };
}

/** Everything that could be put right, each with its gain alone, and what any two gain together. */
function candidatesOf({ decision, model, values, set, standards }: Explained): {
  readonly candidates: readonly DecisionReason[];
  readonly gains: SetGains;
} {
  const { terms } = model.artefact.model;
  const bins = model.scorer.binsOf(values);
  const found = remedies(model, bins, values);
  const nameOf = (remedy: Remedy): string => terms[remedy.term]?.name ?? '';
  const shared = set.score.filter((criterion) => found.some((remedy) => readsFeature(criterion, nameOf(remedy))));
  /** What criteria gain when these features take their values. */
  const criteriaGain = (of: readonly Remedy[]): number => {
    const facts = withFeatures(decision.facts, set, new Map(of.map((remedy) => [nameOf(remedy), remedy.value])));
    return shared.reduce((sum, criterion) => {
      const [before, after] = [pointsOn(criterion, decision.facts), pointsOn(criterion, facts)];
      return before === null || after === null
        ? sum
        : sum + shareOf(criterion, before, set) - shareOf(criterion, after, set);
    }, 0);
  };
  const alone = found.map((remedy) => (shared.length === 0 ? 0 : criteriaGain([remedy])));
  const perLogOdds = pointsPerLogOdds(standards.points);
  const features = found.map((remedy, i): DecisionReason => {
    const gain = Math.max(0, remedy.gain + (alone[i] ?? 0));
    return { kind: 'feature', name: nameOf(remedy), remedy, gain, points: gain * perLogOdds };
  });
  const criteria = criterionRemedies(set, decision.criteria, (criterion) => shared.includes(criterion)).map(
    (remedy): DecisionReason => ({ kind: 'criterion', remedy, gain: remedy.gain, points: remedy.gain * perLogOdds }),
  );
  const candidates = [...features, ...criteria];
  const together = interactions(model, bins, found);
  const joined = shared.length === 0 ? together : withCriteria(together, found, alone, criteriaGain, shared, nameOf);
  return {
    candidates,
    gains: { single: candidates.map((each) => ('gain' in each ? each.gain : 0)), together: joined },
  };
}

/** Adds what two features gain in a criterion that asks for both. */
function withCriteria(
  together: readonly { readonly a: number; readonly b: number; readonly gain: number }[],
  found: readonly Remedy[],
  alone: readonly number[],
  criteriaGain: (of: readonly Remedy[]) => number,
  shared: RuleSet['score'],
  nameOf: (remedy: Remedy) => string,
): SetGains['together'] {
  const gains = new Map(together.map(({ a, b, gain }) => [a * found.length + b, gain]));
  found.forEach((one, a) => {
    found.slice(a + 1).forEach((other, i) => {
      const b = a + 1 + i;
      if (!shared.some((each) => readsFeature(each, nameOf(one)) && readsFeature(each, nameOf(other)))) return;
      const more = criteriaGain([one, other]) - (alone[a] ?? 0) - (alone[b] ?? 0);
      gains.set(a * found.length + b, (gains.get(a * found.length + b) ?? 0) + more);
    });
  });
  return [...gains].map(([key, gain]) => ({ a: Math.floor(key / found.length), b: key % found.length, gain }));
}
