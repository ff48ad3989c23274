import { logistic } from '../../models/scoring/index.ts';
import { strictestBounds } from '../blend/index.ts';
import { normalValue } from '../reasons/reasons.ts';
import type { RuleRow, Scalar } from '../rules/index.ts';
import { Anew, type PutRight } from './anew.ts';
import { pointsOn, shareOf } from './criteria.ts';
import type { ExplainedInput } from './explain.ts';
import { goodFacts } from './good-facts.ts';
import { interactions, remedies, type Remedy } from './put-right.ts';
import {
  boundsGrades,
  fallsWithScore,
  OF_KNOWN,
  OF_SCORE,
  OF_VALUES,
  readsOf,
  scoreFacts,
  type Reads,
} from './reads.ts';
import type { Search, SetGain } from './search.ts';

/** Something that harms and could be put right: a feature of the model, or facts that a criterion reads. */
export type Candidate = PutRight &
  (
    | { readonly kind: 'feature'; readonly name: string; readonly remedy: Remedy }
    | { readonly kind: 'criterion'; readonly name: string; readonly row: RuleRow }
  );

/** All candidates of a decision, with what is needed to find the best set of them. */
export interface Candidates {
  readonly all: readonly Candidate[];
  readonly anew: Anew;
  readonly search: Search;
}

const NONE: readonly number[] = [];

/**
 * What could be put right: features that cost more than on average; and for each criterion below its reference, facts of it that no such feature
 * and no criterion before it puts right already.
 */
export function candidatesOf(of: ExplainedInput): Candidates {
  const { decision, model, values, set } = of;
  const { terms } = model.artefact.model;
  const reads = readsOf(set, model);
  const bins = model.scorer.binsOf(values);
  const found = remedies(model, bins, values);
  const features = found.map((remedy): Candidate & { readonly kind: 'feature' } => {
    const { term, change } = remedy;
    const { name = '', type = 'number' } = terms[term] ?? {};
    const { criteria, bounds } = reads.isPlain
      ? PLAIN
      : touchedBy(reads, term, normalValue(values[name], type) === null);
    return { kind: 'feature', name, remedy, fields: change.fields, terms: change.terms, criteria, bounds };
  });
  const harming = decision.criteria.some(({ points, reference }) => points < reference);
  const all: readonly Candidate[] = harming ? [...features, ...criteriaOf(of, reads, features)] : features;
  const anew = new Anew(of, reads, bins);
  const together = [...interactions(model, bins, found), ...interactionsOf(all, anew, found.length)];
  return {
    all,
    anew,
    search: searchOf(of, { reads, all, anew, together, bins, found: found.map(({ gain }) => gain) }),
  };
}

const PLAIN = { criteria: NONE, bounds: false } as const;

function touchedBy(reads: Reads, term: number, isMissing: boolean): Pick<PutRight, 'criteria' | 'bounds'> {
  const own = reads.criteriaOfTerm[term] ?? NONE;
  return {
    criteria: isMissing ? [...new Set([...own, ...reads.criteriaOfKnown])] : own,
    bounds: reads.boundsReadTerm[term] === true || (isMissing && reads.boundsReadKnown),
  };
}

/** Criteria below their reference, those that harm most first, with the facts that would bring them to it. */
function criteriaOf(
  { decision, model, values, set }: ExplainedInput,
  reads: Reads,
  features: readonly (Candidate & { readonly kind: 'feature' })[],
): Candidate[] {
  const { feature } = set.regimes.industry;
  const taken = new Set<string>([...OF_SCORE, ...OF_KNOWN, OF_VALUES]);
  const take = (field: string): void => {
    taken.add(field);
    if (field === `features.${feature ?? ''}`) taken.add('regime.industry');
  };
  for (const { name } of features) take(`features.${name}`);
  const termOf = new Map(model.artefact.model.terms.map(({ name }, term) => [`features.${name}`, term]));
  const harming = decision.criteria
    .map((outcome, index) => ({ outcome, index }))
    .filter(({ outcome }) => outcome.points < outcome.reference)
    .sort((a, b) => b.outcome.logOdds - a.outcome.logOdds || a.index - b.index);
  return harming.flatMap(({ outcome, index }): Candidate[] => {
    const criterion = set.score[index];
    const good = criterion && goodFacts(criterion, decision.facts, (field) => !taken.has(field));
    if (!good) return [];
    const { row, fields } = good;
    const changed = new Set(fields.keys());
    if (feature !== null && changed.has(`features.${feature}`)) changed.add('regime.industry');
    const moved = [...fields.keys()].flatMap((field) => termOf.get(field) ?? []);
    const after = moved.length === 0 ? null : model.scorer.binsOf(withValues(values, fields));
    const through = moved.map((term) => touchedBy(reads, term, true));
    const readBy = reads.fieldsOfCriterion.flatMap((names, i) =>
      [...changed].some((field) => names.has(field)) ? [i] : [],
    );
    for (const field of fields.keys()) take(field);
    return [
      {
        kind: 'criterion',
        name: outcome.name,
        row,
        fields,
        terms: moved.map((term) => ({ term, bin: after?.[term] ?? 0 })),
        criteria: [...new Set([...readBy, ...through.flatMap(({ criteria }) => criteria)])],
        bounds: [...changed].some((field) => reads.boundFields.has(field)) || through.some(({ bounds }) => bounds),
      },
    ];
  });
}

function withValues(values: ExplainedInput['values'], fields: ReadonlyMap<string, Scalar>): ExplainedInput['values'] {
  const changed = Object.assign(Object.create(null) as Record<string, number | string | null | undefined>, values);
  for (const [field, value] of fields)
    if (field.startsWith('features.')) changed[field.slice('features.'.length)] = value as number | string | null;
  return changed;
}

/** What the model gains by two candidates together beside their own gains, where a criterion's facts are features of the model. */
function interactionsOf(all: readonly Candidate[], anew: Anew, from: number): Search['together'] {
  const moving = all.map(({ terms }, i) => ({ terms, i })).filter(({ terms }) => terms.length > 0);
  return moving.flatMap(({ i: b }) => {
    const other = all[b];
    if (other === undefined || b < from) return [];
    return moving.flatMap(({ i: a }) => {
      const one = all[a];
      if (one === undefined || a >= b) return [];
      const gain = anew.modelGain([one, other]) - anew.modelGain([one]) - anew.modelGain([other]);
      return gain === 0 ? [] : [{ a, b, gain }];
    });
  });
}

interface Found {
  readonly reads: Reads;
  readonly all: readonly Candidate[];
  readonly anew: Anew;
  readonly together: Search['together'];
  readonly bins: readonly number[];
  /** What the model gains by each feature. */
  readonly found: readonly number[];
}

/** How the best set is found: gains that are certain add up; what several candidates can do to one criterion is bounded, and worked out where it may count. */
function searchOf(of: ExplainedInput, { reads, all, anew, together, bins, found }: Found): Search {
  const { set, decision } = of;
  const { now } = anew;
  const gain = (members: readonly number[]): SetGain => {
    const after = anew.score(members.map((i) => all[i] as Candidate));
    return { final: now.logOdds - after.logOdds, unbounded: now.unbounded - after.unbounded };
  };
  const boundedMost = (unbounded: number): number => now.logOdds - anew.bounded(now.unbounded - unbounded);
  if (reads.isPlain && all.length === found.length) {
    const [further, slack] = [NONE, () => 0];
    return { single: found, ofModel: null, together, further, slack, most: boundedMost, gain };
  }
  const raw = of.model.scorer.logOddsOf(bins);
  const ofModel = all.map((candidate, i) => {
    if (candidate.kind === 'feature') return found[i] ?? 0;
    return candidate.terms.length === 0 ? 0 : anew.modelGain([candidate]);
  });
  const touched = set.score.map((_, index) => all.filter(({ criteria }) => criteria.includes(index)).length);
  const isTouched = touched.some((count) => count > 0);
  const followers = isTouched ? followersOf(of, reads, all) : NONE;
  const mostOf = (index: number): number => {
    const criterion = set.score[index];
    const shares = criterion?.table.rows.map(({ outputs }) => shareOf(criterion, Number(outputs['points']), set)) ?? [];
    return (decision.criteria[index]?.logOdds ?? 0) - Math.min(...shares);
  };
  /** What few candidates can do to a criterion is bounded with each of them, what many can, for all. */
  const few = 4;
  const own = all.map(() => 0);
  const further = all.map(() => 0);
  let rest = 0;
  for (const [index, count] of touched.entries()) {
    if (count === 0 || followers.includes(index)) continue;
    const isAlone = count === 1;
    if (!isAlone && count > few) rest += mostOf(index);
    else
      all.forEach((candidate, i) => {
        if (!candidate.criteria.includes(index)) return;
        if (isAlone) own[i] = (own[i] ?? 0) + anew.criterionGain(index, [candidate]);
        else further[i] = (further[i] ?? 0) + mostOf(index);
      });
  }
  const gainOfFollowers = (gain: number): number => {
    const facts = { ...decision.facts, ...scoreFacts(logistic(raw - gain), set, of.standards.masterScale) };
    return followers.reduce((sum, index) => {
      const criterion = set.score[index];
      const points = criterion === undefined ? null : pointsOn(criterion, facts);
      if (criterion === undefined || points === null) return sum;
      return sum + (decision.criteria[index]?.logOdds ?? 0) - shareOf(criterion, points, set);
    }, 0);
  };
  const floor = all.some(({ bounds }) => bounds) ? lowestFloor(of) : null;
  const isBounded = floor === null;
  return {
    single: ofModel.map((gain, i) => gain + (own[i] ?? 0)),
    ofModel: followers.length === 0 ? null : ofModel,
    together,
    further,
    slack: followers.length === 0 ? () => rest : (gain) => rest + gainOfFollowers(gain + 1e-9),
    most: isBounded ? boundedMost : (unbounded) => now.logOdds - Math.min(now.unbounded - unbounded, floor),
    gain,
  };
}

/** Criteria that read the model's own PD or grade and never give more points to a higher PD; no candidate changes another fact of theirs. */
function followersOf(
  { set, decision, standards }: ExplainedInput,
  reads: Reads,
  all: readonly Candidate[],
): readonly number[] {
  return reads.ofScore.filter((index) => {
    const criterion = set.score[index];
    const fields = reads.fieldsOfCriterion[index];
    const isChanged = all.some(
      ({ fields: changed }) =>
        [...changed.keys()].some((field) => fields?.has(field) === true) ||
        (fields?.has('regime.industry') === true && changed.has(`features.${set.regimes.industry.feature ?? ''}`)),
    );
    return (
      criterion !== undefined && !isChanged && fallsWithScore(criterion, decision.facts, set, standards.masterScale)
    );
  });
}

/** The lowest log-odds that a row can hold a grade up to; Infinity: none can. */
function lowestFloor({ set, standards }: ExplainedInput): number {
  const rows = set.policy.filter(boundsGrades).flatMap(({ rows: of }) => of);
  const bounds = rows.map(({ outputs }) => ({
    noBetterThan: null,
    noWorseThan: (outputs['noWorseThan'] ?? null) as string | null,
  }));
  return strictestBounds(bounds, standards.masterScale).worst?.logOdds ?? Infinity;
}
