import { changedInput } from '../decision/changed.ts';
import { ProbityError } from '../../base/index.ts';
import { decide, type DecisionInput } from '../decision/decide.ts';
import type { Decision, DecisionCause } from '../decision/decision.ts';
import { isRulesOnly } from '../flags.ts';
import { ratedAnew, type Advisor } from './advisor.ts';
import type { Act } from './act-schema.ts';
import { optionsOf, type Choice, type Option } from './options.ts';
import { Reach } from './reach.ts';
import { searchCheapest, type ShortOf } from './search.ts';
import { boundsOf, nextTarget, rankOf, reaches, type AdviceTarget } from './target.ts';
import type { Scalar } from '../rules/index.ts';
import { labelOf, type Texts } from '../texts.ts';

/** One act of an advice: do so much, by that day. */
export interface AdvisedAct {
  readonly act: Act;
  /** How much, in the act's unit; null where the act has no size. */
  readonly size: number | null;
  /** Whether that is all that there is to do. */
  readonly isAll: boolean;
  /** The field that the size is of, before and after; null where the act has no size. */
  readonly of: { readonly field: string; readonly from: number; readonly to: number } | null;
  /** ISO date by which it is done at the act's pace. */
  readonly due: string;
  readonly cost: number;
  /** Every field that it changes, before and after, as tables know them; what no one reads and another act of the advice moves too is left out. */
  readonly changes: readonly { readonly field: string; readonly from: Scalar; readonly to: Scalar }[];
}

/** Why there is no advice. */
export type NoAdviceWhy =
  /** Nothing better is left to reach. */
  | { readonly kind: 'best' }
  /** The customer can do none of the acts. */
  | { readonly kind: 'no-act' }
  /** Rules ask for a worse outcome, or hold the grade, whatever the customer does; these did in the decision. */
  | { readonly kind: 'rules'; readonly causes: readonly DecisionCause[]; readonly codes: readonly string[] }
  /** Too little is known, or it came late: no act changes that. */
  | { readonly kind: 'data'; readonly causes: readonly DecisionCause[] }
  /** All that can be done leaves the score short of the target. */
  | { readonly kind: 'score' }
  /** The score gets there, limit and terms do not. */
  | { readonly kind: 'limit' };

/** The cheapest change that a customer can make to reach the target, verified by deciding anew, or why there is none. */
export interface Advice {
  readonly target: AdviceTarget | null;
  readonly found: {
    readonly acts: readonly AdvisedAct[];
    readonly cost: number;
    /** The last day by which all of it is done. */
    readonly due: string;
    /** The decision on the customer after all acts, all else being equal. */
    readonly after: Decision;
    /** Features that model or rules read and that the acts move in ways that are not known: the decision above is on what they are now. */
    readonly unfollowed: readonly { readonly field: string; readonly label: Texts }[];
  } | null;
  readonly why: NoAdviceWhy | null;
  readonly acts: { readonly name: string; readonly version: number };
}

const DAY = 86_400_000;

/**
 * Advice on one decision: of all combinations of at most three acts in all their sizes, the cheapest that reaches the target (the next one
 * better where none is named) through model, rules and limits together. Fields that no act changes stay as they are, the time that passes
 * and the late-payment risk among them. What is found was rated and decided on anew.
 */
export async function advise(
  advisor: Advisor,
  input: DecisionInput,
  before: Decision,
  wanted: AdviceTarget | null = null,
): Promise<Advice> {
  const { parts } = advisor;
  const { standards, rules } = parts;
  const { set } = rules;
  if (before.evidence.rules.hash !== set.hash || before.evidence.model.hash !== parts.model.hash)
    throw new ProbityError('INVALID_INPUT', 'The decision was made by another model or other rules than the advice.');
  const acts = { name: parts.acts.name, version: parts.acts.version };
  const target = wanted ?? nextTarget(before, standards);
  const none = (why: NoAdviceWhy): Advice => ({ target, found: null, why, acts });
  if (target === null) return none({ kind: 'best' });
  const bounds = boundsOf(target, set, standards, input);
  if (reaches(before, bounds)) return none({ kind: 'best' });
  const data = before.causes.filter(({ source, outcome }) => source === 'data' && rankOf(outcome) > bounds.worst);
  if (data.length > 0) return none({ kind: 'data', causes: data });
  // Better is what a model says, and none rates: nothing that the customer does now can be promised an effect.
  if (isRulesOnly(input.rating))
    return none({ kind: 'data', causes: before.causes.filter(({ code }) => code === 'RULES_ONLY') });
  const options = optionsOf(advisor, input);
  const reach = new Reach(advisor, input, before, options, bounds);
  if (!options.some((_, o) => reach.touchesPolicy(o)) && !(await reach.policy([])).isOpen)
    return none(rulesWhy(before, bounds.worst));
  if (options.length === 0) return none({ kind: 'no-act' });
  const { minorDigits } = set.decision.currency;
  const verify = async (choices: readonly Choice[]): Promise<Decision | null> => {
    const changes = new Map(choices.flatMap((choice) => [...choice.changes]));
    const after = await decide(ratedAnew(advisor, changedInput(input, changes, minorDigits)), parts);
    return reaches(after, bounds) ? after : null;
  };
  const start = { unbounded: before.blend.unbounded, target: bounds, atMost: parts.acts.atMost };
  const { found, shortOf } = await searchCheapest(advisor, options, reach, start, verify);
  if (found === null) return none(whyOf(shortOf, before, bounds.worst));
  const advised = found.choices.map((choice) => {
    const others = found.choices.filter((other) => other !== choice);
    const moved = new Set(others.flatMap(({ option }) => options[option]?.doable.writes ?? []));
    return advisedAct(choice, options[choice.option] as Option, input, before, moved);
  });
  return {
    target,
    found: {
      acts: advised,
      cost: found.cost,
      due: advised.reduce((latest, { due }) => (due > latest ? due : latest), ''),
      after: found.verified,
      unfollowed: unfollowedOf(advisor, found.choices, options),
    },
    why: null,
    acts,
  };
}

function whyOf(shortOf: ShortOf, before: Decision, worst: number): NoAdviceWhy {
  return shortOf === 'rules' ? rulesWhy(before, worst) : { kind: shortOf };
}

function rulesWhy({ causes, policy }: Decision, worst: number): NoAdviceWhy {
  const asking = causes.filter(({ source, outcome }) => source === 'policy' && rankOf(outcome) > worst);
  const holding = policy.filter(({ noBetterThan }) => asking.length === 0 && noBetterThan !== null);
  return { kind: 'rules', causes: asking, codes: [...asking, ...holding].map(({ code }) => code) };
}

function unfollowedOf({ parts, readFields }: Advisor, choices: readonly Choice[], options: readonly Option[]) {
  const fields = new Set(choices.flatMap(({ option, k }) => options[option]?.doable.unfollowed(k) ?? []));
  const { terms } = parts.model.artefact.model;
  return [...fields]
    .filter((field) => readFields.has(field))
    .map((field) => {
      const name = field.slice('features.'.length);
      return { field, label: labelOf(terms.find((term) => term.name === name) ?? { name, label: null }) };
    });
}

/** `moved`: fields that the other acts of the advice change. */
function advisedAct(
  choice: Choice,
  { doable }: Option,
  input: DecisionInput,
  before: Decision,
  moved: ReadonlySet<string>,
): AdvisedAct {
  const { act, sizeAt, isAll, valueAt, writes, sources, daysAt } = doable;
  const { k, cost } = choice;
  const now = (field: string): Scalar => {
    if (field.startsWith('features.')) return input.values[field.slice('features.'.length)] ?? null;
    return before.facts[field] ?? null;
  };
  const field = act.size?.of
    .filter((name) => writes.includes(name))
    .toSorted((a, b) => Math.abs(changeOf(b)) - Math.abs(changeOf(a)))[0];
  function changeOf(name: string): number {
    return Number(now(name)) - Number(valueAt(name, k));
  }
  return {
    act,
    size: sizeAt(k),
    isAll: isAll(k),
    of: field === undefined ? null : { field, from: Number(now(field)), to: Number(valueAt(field, k)) },
    due: new Date(Date.parse(input.asOf) + daysAt(k) * DAY).toISOString().slice(0, 10),
    cost,
    changes: writes
      .filter((name) => [...(sources.get(name) ?? [])].every((source) => !moved.has(source)))
      .map((name) => ({ field: name, from: now(name), to: valueAt(name, k) })),
  };
}
