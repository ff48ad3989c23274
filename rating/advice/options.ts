import { changedInput } from '../decision/changed.ts';
import { toGrid } from '../blend/index.ts';
import type { DecisionInput } from '../decision/decide.ts';
import { DecisionFacts } from '../decision/facts.ts';
import { limitOf } from '../decision/limit.ts';
import type { Scalar } from '../rules/index.ts';
import { DERIVED, type Advisor } from './advisor.ts';
import { doableAct, firstWhere, type Changes, type Doable } from './doable.ts';

/** One size of an act: the least at which everything that reads the customer reads what it reads from there on. */
export interface Choice {
  /** Unique among all choices, from 1. */
  readonly id: number;
  readonly option: number;
  readonly k: number;
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
      const { writes, valueAt, cost } = doable;
      const features = writes.filter((field) => field.startsWith('features.')).map((field) => field.slice(9));
      const ofModel = new Set(advisor.parts.model.scorer.features);
      const choices = sizesThatMatter(advisor, input, doable).map((k): Choice => {
        const changes = new Map<string, Scalar>(writes.map((field) => [field, valueAt(field, k)]));
        const lost = features.filter((name) => ofModel.has(name) && changes.get(`features.${name}`) === null).length;
        return { id: ++id, option, k, cost: cost(k), changes, lost };
      });
      const touches = new Set(writes);
      if (features.some((name) => ofModel.has(name))) for (const field of DERIVED) touches.add(field);
      if (features.some((name) => name === set.regimes.industry.feature)) touches.add('regime.industry');
      return { doable, touches, choices };
    });
}

/** Whether two acts can be joined: neither reads what the other changes, and at most one changes what the limit is worked out from. */
export function canJoin(a: Option, b: Option, { limitFields }: Advisor): boolean {
  const reads = (one: Option, other: Option): boolean =>
    one.doable.writes.some((field) => other.doable.reads.includes(field));
  const limits = (one: Option): boolean => one.doable.writes.some((field) => limitFields.has(field));
  return !reads(a, b) && !reads(b, a) && !(limits(a) && limits(b));
}

/** The least size of every run of sizes that nothing tells apart. */
function sizesThatMatter(advisor: Advisor, input: DecisionInput, doable: Doable): number[] {
  const { turns, count, writes, valueAt } = doable;
  const found = new Set(turns);
  const limitClasses = writes.some((field) => advisor.limitFields.has(field))
    ? limitClassesOf(advisor, input, doable)
    : [];
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
    for (const classOf of limitClasses) addTurns(low, high, classOf, found);
  });
  return [...found].filter((k) => k <= count).sort((a, b) => a - b);
}

/** Adds the first size of every class, classes following one another without coming back. */
function addTurns(low: number, high: number, classOf: (k: number) => number, found: Set<number>): void {
  const last = classOf(high);
  for (let at = low; classOf(at) !== last;) {
    const here = classOf(at);
    at = firstWhere(at, high, (k) => classOf(k) !== here);
    found.add(at);
  }
}

/** For each row of the limits table: whether it would leave all (2), a part (1) or nothing (0) of the request, by size. */
function limitClassesOf(
  { parts }: Advisor,
  input: DecisionInput,
  { writes, valueAt }: Doable,
): readonly ((k: number) => number)[] {
  const { rules, standards } = parts;
  const { set } = rules;
  const { minorDigits } = set.decision.currency;
  const base = new DecisionFacts(input, set, standards.masterScale);
  return set.limits.rows.map(({ id, outputs }) => (k) => {
    const changes = new Map(writes.map((field) => [field, valueAt(field, k)]));
    const { request, facts } = changedInput({ ...input, values: {} }, changes, minorDigits);
    const read = { get: (field: string) => (changes.has(field) ? changes.get(field) : base.get(field)) };
    const { grantedMinor, requestedMinor } = limitOf({ row: id, outputs }, read, set, request, facts);
    if (grantedMinor === null || requestedMinor === null) return 2;
    return grantedMinor >= requestedMinor ? 2 : grantedMinor > 0 ? 1 : 0;
  });
}

/** The model's log-odds of changed values, on the grid. */
export function modelLogOdds({ parts }: Advisor, { values }: DecisionInput): number {
  return toGrid(parts.model.scorer.score(values).logOdds);
}

/** A key of choices, at most three; each choice's id is below 2^16. */
export const keyOf = (choices: readonly Choice[]): number => choices.reduce((key, { id }) => key * 65_536 + id, 0);
