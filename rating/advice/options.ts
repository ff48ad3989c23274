import { toGrid } from '../blend/index.ts';
import type { DecisionInput } from '../decision/decide.ts';
import { DecisionFacts } from '../decision/facts.ts';
import { DERIVED, type Advisor } from './advisor.ts';
import { doableAct, firstWhere, type Changes, type Doable } from './doable.ts';

/** One size of an act: the least of a run of sizes that nothing tells apart but what the limit leaves of the request. */
export interface Choice {
  /** Unique among all choices, from 1. */
  readonly id: number;
  readonly option: number;
  readonly k: number;
  /** The last size of the run. */
  readonly last: number;
  readonly cost: number;
  readonly changes: Changes;
  /** Known features of the model that become missing. */
  readonly lost: number;
}

/** An act that can be done, and its choices by rising cost. */
export interface Option {
  readonly doable: Doable;
  /** Fields that it changes, with what follows from them. */
  readonly touches: ReadonlySet<string>;
  /** Fields that an act joined with it may not change. */
  readonly guards: ReadonlySet<string>;
  readonly choices: readonly Choice[];
}

/** What a customer can do, each act with the sizes that can matter. */
export function optionsOf(advisor: Advisor, input: DecisionInput): readonly Option[] {
  const { rules, standards, acts } = advisor.parts;
  const { set } = rules;
  const { minorDigits } = set.decision.currency;
  const facts = new DecisionFacts(input, set, standards.masterScale);
  let id = 0;
  return acts.acts
    .filter(({ actionable }) => actionable)
    .map((act) => doableAct(act, facts, minorDigits))
    .filter((doable) => doable !== null)
    .map((doable, option): Option => {
      const { writes, count } = doable;
      const features = writes.filter((field) => field.startsWith('features.')).map((field) => field.slice(9));
      const ofModel = new Set(advisor.parts.model.scorer.features);
      const sizes = sizesThatMatter(advisor, doable);
      const choices = sizes.map((k, i): Choice => {
        const { cost, changes } = ofSize(doable, k);
        const lost = features.filter((name) => ofModel.has(name) && changes.get(`features.${name}`) === null).length;
        return { id: ++id, option, k, last: (sizes[i + 1] ?? count + 1) - 1, cost, changes, lost };
      });
      const touches = new Set(writes);
      if (features.some((name) => ofModel.has(name))) for (const field of DERIVED) touches.add(field);
      if (features.some((name) => name === set.regimes.industry.feature)) touches.add('regime.industry');
      return { doable, touches, guards: guardsOf(advisor, doable), choices };
    });
}

/** What an act's effects are worked out from: all of them, or those that matter to model and rules, as the acts say. */
function guardsOf({ parts: { acts }, readFields }: Advisor, { act, sources }: Doable): ReadonlySet<string> {
  const matters = (field: string): boolean =>
    acts.apartBy !== 'read-fields' || readFields.has(field) || act.size?.of.includes(field) === true;
  return new Set([...sources].flatMap(([field, of]) => (matters(field) ? [...of] : [])));
}

/** A larger size of the same run. */
export function sized(choice: Choice, k: number, { doable }: Option): Choice {
  return k === choice.k ? choice : { ...choice, ...ofSize(doable, k), k };
}

function ofSize({ writes, valueAt, cost }: Doable, k: number): Pick<Choice, 'cost' | 'changes'> {
  return { cost: cost(k), changes: new Map(writes.map((field) => [field, valueAt(field, k)])) };
}

/** Whether two acts can be joined: neither changes what the effects of the other are worked out from. */
export function canJoin(a: Option, b: Option): boolean {
  const disturbs = (one: Option, other: Option): boolean => one.doable.writes.some((field) => other.guards.has(field));
  return !disturbs(a, b) && !disturbs(b, a);
}

/** The least size of every run of sizes that nothing tells apart but what the limit leaves of the request. */
function sizesThatMatter(advisor: Advisor, doable: Doable): number[] {
  const { turns, count, writes, valueAt } = doable;
  const found = new Set(turns);
  turns.forEach((low, i) => {
    const high = (turns[i + 1] ?? count + 1) - 1;
    for (const field of writes) {
      const [first, last] = [valueAt(field, low), valueAt(field, high)];
      if (typeof first !== 'number' || typeof last !== 'number') continue;
      const at = (k: number): number => valueAt(field, k) as number;
      for (const cut of advisor.cuts.get(field) ?? []) {
        if (cut < Math.min(first, last) || cut > Math.max(first, last)) continue;
        const isFalling = last < first;
        found.add(firstWhere(low, high, (k) => (isFalling ? at(k) <= cut : at(k) >= cut)));
        found.add(firstWhere(low, high, (k) => (isFalling ? at(k) < cut : at(k) > cut)));
      }
    }
  });
  return [...found].filter((k) => k <= count).sort((a, b) => a - b);
}

/** The model's log-odds of changed values, on the grid. */
export function modelLogOdds({ parts }: Advisor, { values }: DecisionInput): number {
  return toGrid(parts.model.scorer.score(values).logOdds);
}

/** A key of choices, at most three; each choice's id is below 2^16. */
export const keyOf = (choices: readonly Choice[]): number => choices.reduce((key, { id }) => key * 65_536 + id, 0);
