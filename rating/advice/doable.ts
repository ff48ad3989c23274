import { minorOf } from '../decision/money.ts';
import type { RuleFacts, Scalar } from '../rules/index.ts';
import type { Act, ActEffect } from './act-schema.ts';

/** What an act makes of fields, by field; amounts in major units, as tables read them. */
export type Changes = ReadonlyMap<string, Scalar>;

/** An act that this customer can do, in so many sizes. */
export interface Doable {
  readonly act: Act;
  /** Sizes are numbered 1 to `count`; larger ones do more. */
  readonly count: number;
  /** The size in the act's unit; null where it has none. */
  readonly sizeAt: (k: number) => number | null;
  /** Whether this size is all that there is to do. */
  readonly isAll: (k: number) => boolean;
  /** What a field becomes. */
  readonly valueAt: (field: string, k: number) => Scalar;
  /** Fields that it changes. */
  readonly writes: readonly string[];
  /** Fields whose present values its effects are worked out from, those that it changes among them. */
  readonly reads: readonly string[];
  /** Sizes at which a field may turn: between one and the next, every number that it changes rises, falls or stays. */
  readonly turns: readonly number[];
  readonly cost: (k: number) => number;
  /** Days until it is done. */
  readonly daysAt: (k: number) => number;
}

/** A number without the noise of binary fractions. */
const tidy = (value: number): number => Number(value.toFixed(9));

/** The least whole number from `low` to `high` at which a test that stays true once it is true holds; `high + 1` where none. */
export function firstWhere(low: number, high: number, test: (k: number) => boolean): number {
  let [below, above] = [low, high + 1];
  while (below < above) {
    const middle = Math.floor((below + above) / 2);
    if (test(middle)) above = middle;
    else below = middle + 1;
  }
  return below;
}

/** What a customer can do of an act, or null: nothing is left to do, too little can be done in time, or nothing would follow. */
export function doableAct(act: Act, facts: RuleFacts, minorDigits: number): Doable | null {
  const present = (field: string): number | null => {
    const value = facts.get(field);
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  const sizes = sizesOf(act, present, minorDigits);
  if (sizes === null) return null;
  const { count, sizeAt, isAll } = sizes;
  const values = new Map<string, (k: number) => Scalar>();
  const reads = new Set<string>();
  const moved = (field: string, k: number): number =>
    (values.get(field)?.(k) as number | undefined) ?? present(field) ?? 0;
  const sum = (fields: readonly string[], k: number | null): number =>
    fields.reduce((total, field) => total + (k === null ? (present(field) ?? 0) : moved(field, k)), 0);
  for (const effect of inOrder(act)) {
    const value = valueOf(effect, act, { present, facts, sizeAt, isAll, sum });
    if (value === null) continue;
    values.set(effect.field, value);
    for (const field of [effect.field, ...('of' in effect ? effect.of : []), ...('to' in effect ? effect.to : [])])
      reads.add(field);
  }
  if (values.size === 0) return null;
  const turns = new Set([1, count]);
  for (const effect of act.effects) {
    const value = values.get(effect.field);
    if (value === undefined) continue;
    if (effect.follows === 'size') turns.add(firstWhere(1, count, (k) => value(k) === value(count)));
    if (effect.follows === 'ratio') turns.add(firstWhere(1, count, (k) => value(k) === null));
  }
  const { pace, cost } = act;
  return {
    act,
    count,
    sizeAt,
    isAll,
    valueAt: (field, k) => values.get(field)?.(k) ?? null,
    writes: [...values.keys()],
    reads: [...reads],
    turns: [...turns].filter((k) => k <= count).sort((a, b) => a - b),
    cost: (k) => tidy(cost.fixed + cost.perUnit * (sizeAt(k) ?? 0)),
    daysAt: (k) => pace.firstDays + (pace.perDay === null ? 0 : Math.ceil(tidy((sizeAt(k) ?? 0) / pace.perDay))),
  };
}

/** Effects that others are worked out from come first. */
function inOrder({ effects }: Act): readonly ActEffect[] {
  return effects.toSorted((a, b) => Number(b.follows === 'size') - Number(a.follows === 'size'));
}

function sizesOf(
  { size, pace }: Act,
  present: (field: string) => number | null,
  minorDigits: number,
): Pick<Doable, 'count' | 'sizeAt' | 'isAll'> | null {
  if (size === null) return { count: 1, sizeAt: () => null, isAll: () => true };
  let room = 0;
  let most = 0;
  for (const field of size.of) {
    const now = present(field);
    if (now === null) continue;
    const left = size.direction === 'lower' ? now - size.bound : size.bound - now;
    if (left <= room) continue;
    room = left;
    most = Math.min(left, size.shareAtMost < 1 ? Math.abs(now) * size.shareAtMost : left);
  }
  if (pace.perDay !== null) most = Math.min(most, pace.perDay * (pace.withinDays - pace.firstDays));
  if (!(most > 0)) return null;
  const whole = Math.floor(tidy(most / size.step));
  const reachesAll = most === room;
  const hasRest = reachesAll && tidy(whole * size.step) < tidy(room);
  const count = whole + (hasRest ? 1 : 0);
  if (count === 0) return null;
  const all = size.unit === 'money' ? minorOf(tidy(room), minorDigits, 'up') / 10 ** minorDigits : tidy(room);
  const isAll = (k: number): boolean => reachesAll && k === count;
  return { count, isAll, sizeAt: (k) => (isAll(k) ? all : tidy(k * size.step)) };
}

interface Reading extends Pick<Doable, 'sizeAt' | 'isAll'> {
  readonly present: (field: string) => number | null;
  readonly facts: RuleFacts;
  /** The sum of fields now (null) or after a size. */
  readonly sum: (fields: readonly string[], k: number | null) => number;
}

/** What an effect makes of its field by size; null where nothing follows: the field, or one that it follows, is not known, or is so already. */
function valueOf(effect: ActEffect, act: Act, reading: Reading): ((k: number) => Scalar) | null {
  const { present, facts, sizeAt, isAll, sum } = reading;
  const now = present(effect.field);
  switch (effect.follows) {
    case 'size': {
      if (now === null || act.size === null) return null;
      const { direction, of, bound } = act.size;
      const ends = of.includes(effect.field);
      if (direction === 'lower') {
        const floor = Math.min(now, effect.floor ?? (ends ? bound : -Infinity));
        return (k) => (ends && isAll(k) ? Math.min(now, bound) : Math.max(floor, tidy(now - (sizeAt(k) ?? 0))));
      }
      const ceiling = Math.max(now, effect.ceiling ?? (ends ? bound : Infinity));
      return (k) => (ends && isAll(k) ? Math.max(now, bound) : Math.min(ceiling, tidy(now + (sizeAt(k) ?? 0))));
    }
    case 'ratio': {
      const before = [sum(effect.of, null), sum(effect.to, null)] as const;
      const isKnown = [...effect.of, ...effect.to].every((field) => present(field) !== null);
      if (now === null || !isKnown) return null;
      if ((effect.of.length > 0 && before[0] <= 0) || (effect.to.length > 0 && before[1] <= 0)) return null;
      return (k) => {
        const to = effect.to.length === 0 ? 1 : sum(effect.to, k) / before[1];
        if (to <= 0) return null;
        return (now * (effect.of.length === 0 ? 1 : Math.max(0, sum(effect.of, k)) / before[0])) / to;
      };
    }
    case 'count': {
      const before = sum(effect.of, null);
      if (now === null || before <= 0 || effect.of.some((field) => present(field) === null)) return null;
      return (k) => Math.ceil(tidy((now * Math.max(0, sum(effect.of, k))) / before));
    }
    default: {
      const known = facts.get(effect.field) ?? null;
      // A guarantee of which nothing is known can be offered; what else is not known stays so.
      if (known === effect.value || (known === null && effect.field !== 'guarantee.offered')) return null;
      return (k) => (effect.when === 'any' || isAll(k) ? effect.value : (known as Scalar));
    }
  }
}
