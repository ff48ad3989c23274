import type { DecisionInput } from '../decision/decide.ts';
import { DecisionFacts } from '../decision/facts.ts';
import { baseFieldOf, grantOf, totalOf } from '../decision/limit.ts';
import { minorOf } from '../decision/money.ts';
import { tableValue, type RowHit } from '../rules/index.ts';
import type { Advisor } from './advisor.ts';
import { firstWhere } from './doable.ts';
import { keyOf, sized, type Choice, type Option } from './options.ts';

const AMOUNT = 'request.amount';
const EXPOSURE = 'customer.existingExposure';

/** What a limit leaves of a request: nothing, a part, all. */
type Left = 0 | 1 | 2;

/** A row of the limits table made ready. */
interface LimitRow {
  readonly hit: RowHit;
  readonly base: string | null;
  /** Totals in minor units by the base's value. */
  readonly totals: Map<unknown, number>;
  /** The least sizes that leave enough, by what is enough and then by choices; null: none of their runs does. */
  readonly least: Map<number, Map<number, readonly number[] | null>>;
}

/** By the place of each choice that moves the limit: sizes. */
type Sizes = readonly number[];

/**
 * What the limit leaves of the request, by the sizes of all acts that change what it is worked out from: the amount asked for, what is drawn, the limit's base.
 * Several of them may be joined; then no size of one alone says what is enough, and within the runs of their choices the cheapest sizes that are enough
 * together are looked for. What the limit leaves only rises or only falls with each act's size, so ends of runs bound it and halving finds where it turns.
 */
export class Limits {
  readonly #advisor: Advisor;
  readonly #options: readonly Option[];
  readonly #now: DecisionFacts;
  readonly #requestedMinor: number | null;
  readonly #existingMinor: number;
  readonly #leastMinor: number;
  readonly #digits: number;
  readonly #rows = new Map<string, LimitRow>();
  readonly #minors: readonly { readonly [field: string]: Map<number, number> }[];

  constructor(advisor: Advisor, input: DecisionInput, options: readonly Option[]) {
    const { rules, standards } = advisor.parts;
    const { currency, limits } = rules.set.decision;
    this.#advisor = advisor;
    this.#options = options;
    this.#now = new DecisionFacts(input, rules.set, standards.masterScale);
    this.#requestedMinor = input.request.amountMinor;
    this.#existingMinor = input.facts.existingExposureMinor ?? 0;
    this.#digits = currency.minorDigits;
    this.#leastMinor = minorOf(limits.least, currency.minorDigits);
    this.#minors = options.map(() => ({ [AMOUNT]: new Map<number, number>(), [EXPOSURE]: new Map<number, number>() }));
  }

  /** Whether some sizes within the runs of choices leave enough under a row: `enough` has one bit for each of nothing, a part and all. */
  canLeave(hit: RowHit, choices: readonly Choice[], enough: number): boolean {
    const row = this.#rowOf(hit);
    const { moving } = this.#movingOf(row, choices);
    const isEnough = (sizes: Sizes): boolean => (enough & (1 << this.#left(row, moving, sizes))) !== 0;
    return isEnough(moving.map(({ k }) => k)) || isEnough(moving.map((choice) => this.#bestEnd(row, choice)));
  }

  /** The cheapest sizes within the runs of choices that leave enough under a row, or null. */
  cheapest(hit: RowHit, choices: readonly Choice[], enough: number): readonly Choice[] | null {
    const row = this.#rowOf(hit);
    const { moving, at } = this.#movingOf(row, choices);
    let kept = row.least.get(enough);
    if (kept === undefined) row.least.set(enough, (kept = new Map<number, readonly number[] | null>()));
    const key = keyOf(moving);
    let sizes = kept.get(key);
    if (sizes === undefined) kept.set(key, (sizes = this.#leastSizes(row, moving, enough)));
    if (sizes === null) return null;
    const found = sizes;
    if (moving.every(({ k }, i) => k === found[i])) return choices;
    return choices.map((choice, c) => {
      const i = at.indexOf(c);
      return i < 0 ? choice : sized(choice, found[i] ?? choice.k, this.#options[choice.option] as Option);
    });
  }

  #rowOf(hit: RowHit): LimitRow {
    const known = this.#rows.get(hit.row);
    if (known !== undefined) return known;
    const base = baseFieldOf(hit, this.#advisor.parts.rules.set)?.name ?? null;
    const row: LimitRow = { hit, base, totals: new Map(), least: new Map() };
    this.#rows.set(hit.row, row);
    return row;
  }

  /** The choices that change what a row's limit is worked out from, and their places among all. */
  #movingOf(row: LimitRow, choices: readonly Choice[]): { readonly moving: Choice[]; readonly at: number[] } {
    const moving: Choice[] = [];
    const at: number[] = [];
    choices.forEach((choice, c) => {
      const { changes } = choice;
      if (!changes.has(AMOUNT) && !changes.has(EXPOSURE) && !(row.base !== null && changes.has(row.base))) return;
      moving.push(choice);
      at.push(c);
    });
    return { moving, at };
  }

  /** The least costly sizes of choices that leave enough; null: none of their runs does. */
  #leastSizes(row: LimitRow, moving: readonly Choice[], enough: number): Sizes | null {
    const isEnough = (sizes: Sizes): boolean => (enough & (1 << this.#left(row, moving, sizes))) !== 0;
    const low = moving.map(({ k }) => k);
    if (isEnough(low)) return low;
    // What leaves less the more is done of it stays at its least; short runs are gone through, the longest is halved.
    const order = moving
      .map((choice, i) => ({ i, low: choice.k, high: this.#bestEnd(row, choice) }))
      .filter(({ low: least, high }) => high > least)
      .sort((a, b) => a.high - a.low - (b.high - b.low));
    const ends = low.slice();
    for (const { i, high } of order) ends[i] = high;
    if (order.length === 0 || !isEnough(ends)) return null;
    let found: { readonly sizes: Sizes; readonly cost: number } | null = null;
    const costOf = (i: number, k: number): number => {
      const { option } = moving[i] as Choice;
      return this.#options[option]?.doable.cost(k) ?? 0;
    };
    const sizes = low.slice();
    const tryFrom = (n: number, cost: number): void => {
      const range = order[n];
      if (range === undefined) return;
      const { i, low: least, high } = range;
      const fits = (k: number): boolean => {
        sizes[i] = k;
        return isEnough(sizes);
      };
      if (n === order.length - 1) {
        const k = firstWhere(least, high, fits);
        if (k > high) return;
        const total = cost + costOf(i, k);
        if (found === null || total < found.cost) found = { sizes: sizes.with(i, k), cost: total };
        return;
      }
      for (let k = least; k <= high; k++) {
        const total = cost + costOf(i, k);
        if (found !== null && total >= found.cost) return;
        sizes[i] = k;
        tryFrom(n + 1, total);
      }
    };
    tryFrom(0, 0);
    return (found as { readonly sizes: Sizes } | null)?.sizes ?? null;
  }

  /** The end of a choice's run at which the limit leaves most of the request. */
  #bestEnd(row: LimitRow, choice: Choice): number {
    const { k, last } = choice;
    if (k === last) return k;
    const [before, after] = [this.#amounts(row, [choice], [k]), this.#amounts(row, [choice], [last])];
    return (after.requested ?? 0) < (before.requested ?? 0) ||
      after.existing < before.existing ||
      after.total > before.total
      ? last
      : k;
  }

  #left(row: LimitRow, moving: readonly Choice[], sizes: Sizes): Left {
    const { requested, existing, total } = this.#amounts(row, moving, sizes);
    const { grantedMinor } = grantOf(total, existing, requested, this.#leastMinor);
    if (grantedMinor === null || requested === null || grantedMinor >= requested) return 2;
    return grantedMinor > 0 ? 1 : 0;
  }

  /** What the limit is worked out from after choices in these sizes, in minor units. */
  #amounts(
    row: LimitRow,
    moving: readonly Choice[],
    sizes: Sizes,
  ): { readonly requested: number | null; readonly existing: number; readonly total: number } {
    let requested = this.#requestedMinor;
    let existing = this.#existingMinor;
    let base: unknown = undefined;
    for (let i = 0; i < moving.length; i++) {
      const { option, changes } = moving[i] as Choice;
      const k = sizes[i] ?? 0;
      if (changes.has(AMOUNT)) requested = this.#minorAt(option, AMOUNT, k);
      if (changes.has(EXPOSURE)) existing = this.#minorAt(option, EXPOSURE, k);
      if (row.base !== null && changes.has(row.base)) base = this.#options[option]?.doable.valueAt(row.base, k);
    }
    return { requested, existing, total: this.#totalOf(row, base) };
  }

  /** `base`: what the base becomes; undefined: it stays. */
  #totalOf({ hit, base: name, totals }: LimitRow, base: unknown): number {
    const known = totals.get(base);
    if (known !== undefined) return known;
    const { set } = this.#advisor.parts.rules;
    const field = name === null ? undefined : set.fields.get(name);
    const fact = base === undefined && field !== undefined ? this.#now.get(field.name) : base;
    const value = field === undefined ? null : { value: tableValue(field, fact) as number | null };
    const total = totalOf(hit, value, set);
    totals.set(base, total);
    return total;
  }

  #minorAt(option: number, field: typeof AMOUNT | typeof EXPOSURE, k: number): number {
    const known = this.#minors[option]?.[field]?.get(k);
    if (known !== undefined) return known;
    const minor = minorOf(Number(this.#options[option]?.doable.valueAt(field, k)), this.#digits);
    this.#minors[option]?.[field]?.set(k, minor);
    return minor;
  }
}
