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
  /** For each field that it changes, the fields whose present values that is worked out from, itself among them. */
  readonly sources: ReadonlyMap<string, ReadonlySet<string>>;
  /** Features that this size moves too, and that are left as they are. */
  readonly unfollowed: (k: number) => readonly string[];
  /** Sizes at which a field may turn: between one and the next, every number that it changes rises, falls or stays. */
  readonly turns: readonly number[];
  readonly cost: (k: number) => number;
  /** Days until it is done. */
  readonly daysAt: (k: number) => number;
}

/** A number without the noise of binary fractions. */
const tidy = (value: number): number => Number(value.toFixed(9));

/** A difference without that noise: 0 where both sides have come to the same. Shares need more decimals than amounts. */
const tidyDifference = (value: number): number => Number(value.toFixed(Math.abs(value) < 100 ? 12 : 9));

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
  const sources = new Map<string, ReadonlySet<string>>();
  /** Known fields whose effects the other fields do not tell here. */
  const untold = new Set<string>();
  const moved = (field: string, k: number): number =>
    (values.get(field)?.(k) as number | undefined) ?? present(field) ?? 0;
  const sum: Reading['sum'] = (fields, k, isPositive) =>
    fields.reduce((total, field) => {
      const value = k === null ? (present(field) ?? 0) : moved(field, k);
      return total + (isPositive ? Math.max(0, value) : value);
    }, 0);
  for (const effect of inOrder(act)) {
    const reading = { present, facts, sizeAt, isAll, sum, after: (field: string) => values.get(field) };
    const isUntold = !isTold(effect, present) || (effect.follows === 'shift' && untold.has(effect.by));
    const value = isUntold ? null : valueOf(effect, act, reading);
    if (isUntold && present(effect.field) !== null && !isSetSo(effect, facts)) untold.add(effect.field);
    if (value === null && !isUntold) continue;
    if (value !== null) values.set(effect.field, value);
    const of = [...followedBy(effect), ...askedBy(effect)];
    sources.set(effect.field, new Set([effect.field, ...of.flatMap((name) => [name, ...(sources.get(name) ?? [])])]));
  }
  if (values.size === 0) return null;
  const turns = new Set([1, count]);
  for (const effect of act.effects) {
    const value = values.get(effect.field);
    if (value === undefined) continue;
    if (effect.follows === 'size') turns.add(firstWhere(1, count, (k) => value(k) === value(count)));
    if (effect.follows === 'ratio' || effect.follows === 'shift')
      turns.add(firstWhere(1, count, (k) => value(k) === null));
  }
  const { pace, cost } = act;
  return {
    act,
    count,
    sizeAt,
    isAll,
    valueAt: (field, k) => values.get(field)?.(k) ?? null,
    writes: [...values.keys()],
    sources,
    unfollowed: (k) => {
      const { unfollowed = [], unfollowedInPart = [] } = act;
      // What is already as doing all would leave it, a part leaves so too.
      const isSet = (field: string): boolean =>
        act.effects.some((effect) => effect.field === field && isSetSo(effect, facts));
      return [...new Set([...unfollowed, ...untold, ...(isAll(k) ? [] : unfollowedInPart.filter((f) => !isSet(f)))])];
    },
    turns: [...turns].filter((k) => k <= count).sort((a, b) => a - b),
    cost: (k) => tidy(cost.fixed + cost.perUnit * (sizeAt(k) ?? 0)),
    daysAt: (k) => pace.firstDays + (pace.perDay === null ? 0 : Math.ceil(tidy((sizeAt(k) ?? 0) / pace.perDay))),
  };
}

/** The fields that an effect is worked out from, beside its own. */
function followedBy(effect: ActEffect): readonly string[] {
  if (effect.follows === 'shift') return [effect.by];
  return [...('of' in effect ? effect.of : []), ...('to' in effect ? effect.to : [])];
}

/** Effects that others are worked out from come first: those of the size, then each after what it follows. */
function inOrder({ effects }: Act): readonly ActEffect[] {
  const ordered = new Set(effects.filter(({ follows }) => follows === 'size'));
  const add = (effect: ActEffect): void => {
    for (const name of followedBy(effect)) {
      const other = effects.find(({ field }) => field === name);
      if (other !== undefined && !ordered.has(other)) add(other);
    }
    ordered.add(effect);
  };
  effects.forEach(add);
  return [...ordered];
}

/** The fields that say whether an effect can be told. */
function askedBy(effect: ActEffect): readonly string[] {
  return 'where' in effect && effect.where !== undefined ? [...effect.where.product, effect.where.equals] : [];
}

/** Whether the fields tell what an effect makes of its own: not where its product is known to be another number. */
function isTold(effect: ActEffect, present: (field: string) => number | null): boolean {
  if (!('where' in effect) || effect.where === undefined) return true;
  const values = effect.where.product.map(present);
  const equals = present(effect.where.equals);
  if (equals === null || values.includes(null)) return true;
  const product = values.reduce<number>((total, value) => total * (value ?? 0), 1);
  return Math.abs(product - equals) <= 1e-9 * Math.abs(equals);
}

/** Whether a field has the value already that doing all would set. */
function isSetSo(effect: ActEffect, facts: RuleFacts): boolean {
  return effect.follows === 'set' && (facts.get(effect.field) ?? null) === effect.value;
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
  /** The sum of fields, or of what they are above 0, now (null) or after a size. */
  readonly sum: (fields: readonly string[], k: number | null, isPositive: boolean) => number;
  /** What an effect before this one makes of its field. */
  readonly after: (field: string) => ((k: number) => Scalar) | undefined;
}

/** What an effect makes of its field by size; null where nothing follows: the field, or one that it follows, is not known, or is so already. */
function valueOf(effect: ActEffect, act: Act, reading: Reading): ((k: number) => Scalar) | null {
  const { present, facts, sizeAt, isAll, sum, after } = reading;
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
      const { of, to, positive = false } = effect;
      const before = [sum(of, null, positive), sum(to, null, positive)] as const;
      const isKnown = positive || [...of, ...to].every((field) => present(field) !== null);
      if (now === null || !isKnown) return null;
      if ((of.length > 0 && before[0] <= 0) || (to.length > 0 && before[1] <= 0)) return null;
      return (k) => {
        const below = to.length === 0 ? 1 : sum(to, k, positive) / before[1];
        if (below <= 0) return null;
        return (now * (of.length === 0 ? 1 : Math.max(0, sum(of, k, positive)) / before[0])) / below;
      };
    }
    case 'shift': {
      const [before, by] = [present(effect.by), after(effect.by)];
      if (now === null || before === null || by === undefined) return null;
      return (k) => {
        const moved = by(k);
        return moved === null ? null : tidyDifference(now + (Number(moved) - before));
      };
    }
    case 'count': {
      const before = sum(effect.of, null, false);
      if (now === null || before <= 0 || effect.of.some((field) => present(field) === null)) return null;
      return (k) => Math.ceil(tidy((now * Math.max(0, sum(effect.of, k, false))) / before));
    }
    default: {
      const known = facts.get(effect.field) ?? null;
      // A guarantee of which nothing is known can be offered; what else is not known stays so.
      if (known === effect.value || (known === null && effect.field !== 'guarantee.offered')) return null;
      return (k) => (effect.when === 'any' || isAll(k) ? effect.value : (known as Scalar));
    }
  }
}
