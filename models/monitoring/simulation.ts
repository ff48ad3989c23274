import { seededRandom, type Random } from '../../base/random.ts';
import { createDetector, YEARLY_BUDGET, type AlarmBudget, type Watched } from './detector.ts';
import { calibrationResiduals, rankDifferences, ridits } from './observations.ts';
import { dayOfYear, pairsOf, partOf } from './schedule.ts';

/** A change of the simulated book from a day on. */
export interface Drift {
  readonly from: number;
  /** Standard deviations by which the first feature moves. */
  readonly shift?: number;
  /** Share of the first feature's values that go missing. */
  readonly missing?: number;
  /** Log-odds that the true risk rises by without any feature showing it. */
  readonly risk?: number;
}

/** A drift that the detector must see in a book of 10,000, with a power of at least 80 %, within so many days. */
export const DECLARED_DRIFTS: readonly {
  readonly name: string;
  readonly change: Omit<Drift, 'from'>;
  readonly within: number;
}[] = [
  { name: 'a feature half a standard deviation higher', change: { shift: 0.5 }, within: 45 },
  { name: 'a feature missing in 10 %', change: { missing: 0.1 }, within: 30 },
  { name: 'a log-odds 0.7 higher that no feature shows', change: { risk: 0.7 }, within: 60 },
];

/** A book of customers who stay in it, and a year of daily looks at it. */
export interface SimulatedBook {
  readonly seed: number | string;
  readonly customers: number;
  /** Features beside the time that a customer has been in the book, which ages while the book does not. */
  readonly features: number;
  /** Correlation of a feature's changing part from month to month; default 0.95. */
  readonly monthly?: number;
  /** Share of a feature's variance that belongs to the customer for ever; default 0.5. */
  readonly lasting?: number;
  /** Share of the customers replaced each month; default 0.02. */
  readonly churn?: number;
  readonly drift?: Drift | null;
  /** The last day that is looked at; default: the last one of the year. */
  readonly until?: number;
}

/** The book in one month: who is in it, and their features. */
export interface BookMonth {
  readonly ids: readonly string[];
  /** By feature, then customer; the last one is the months in the book, over its mean. */
  readonly values: readonly Float64Array[];
}

const MONTHS = 12;

/**
 * The book month by month: the reference month first, then the twelve of the year. Nothing of the book as a whole changes but what
 * `drift` says (`watchYear` applies it), though each customer ages and is like themself from month to month. `last`: months after the reference.
 */
export function simulateBook(book: SimulatedBook, last = MONTHS): readonly BookMonth[] {
  const { seed, customers, features, monthly = 0.95, lasting = 0.5, churn = 0.02 } = book;
  const random = seededRandom(`book ${seed}`);
  const [own, changing] = [Math.sqrt(lasting), Math.sqrt(1 - lasting)];
  const step = Math.sqrt(1 - monthly * monthly);
  const normals = () => Float64Array.from({ length: customers }, () => random.normal());
  const own0 = Array.from({ length: features }, normals);
  const state = Array.from({ length: features }, normals);
  // Stationary ages: geometric with the churn's rate.
  const age = Float64Array.from({ length: customers }, () => geometric(random, churn));
  const ids = Array.from({ length: customers }, (_, i) => `c${i}`);
  let named = customers;
  const months: BookMonth[] = [];
  for (let month = 0; month <= last; month++) {
    if (month > 0) {
      for (let i = 0; i < customers; i++) {
        const leaves = random.uniform() < churn;
        age[i] = leaves ? 0 : age[i]! + 1;
        if (leaves) ids[i] = `c${named++}`;
        for (let f = 0; f < features; f++) {
          if (leaves) own0[f]![i] = random.normal();
          state[f]![i] = leaves ? random.normal() : monthly * state[f]![i]! + step * random.normal();
        }
      }
    }
    const values = state.map((now, f) => now.map((value, i) => own * own0[f]![i]! + changing * value));
    months.push({ ids: [...ids], values: [...values, age.map((each) => each * churn)] });
  }
  return months;
}

function geometric(random: Random, rate: number): number {
  return Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - rate));
}

/** The measures that a simulated year watches: shift, spread and missing of each feature, and the calibration. */
export function watchedIn(features: number): readonly Watched[] {
  const names = Array.from({ length: features + 1 }, (_, f) => [`x${f} shift`, `x${f} spread`, `x${f} missing`]);
  return [...names.flat(), 'calibration'].map((name) => ({ name, side: 'both', weight: 1 }));
}

/** The month of the year, from 1, that a day falls in. */
export const monthOf = (day: number, days: number): number => 1 + Math.floor((day * MONTHS) / days);

/** Where a customer of a pair stands: the index of the month, and of the customer in it. */
export interface Seat {
  readonly month: number;
  readonly seat: number;
}

/**
 * The pairs of each day up to `until`: those looked at as they stand in the twelve months of the year, those compared with in one month before it, or each in the
 * month a year before their own day where `before` holds twelve.
 */
export function seatedPairs(
  key: string,
  year: readonly BookMonth[],
  before: readonly BookMonth[],
  days: number,
  until: number,
): ReadonlyMap<number, readonly { readonly now: Seat; readonly before: Seat }[]> {
  const seasons = before.length;
  const seats = (months: readonly BookMonth[], kind: 'looked-at' | 'compared-with') => {
    const own = new Map<string, number>();
    const found = new Map<string, Seat>();
    months.forEach(({ ids }, month) => {
      ids.forEach((id, seat) => {
        let at = own.get(id);
        if (at === undefined) {
          const part = partOf(key, id, days);
          const day = dayOfYear(part, days);
          const fixed = kind === 'compared-with' && seasons === 1;
          at = part.kind !== kind || (!fixed && day > until) ? -1 : fixed ? 0 : monthOf(day, days) - 1;
          own.set(id, at);
        }
        if (at === month) found.set(id, { month, seat });
      });
    });
    return found;
  };
  const [now, then] = [seats(year, 'looked-at'), seats(before, 'compared-with')];
  const byDay = new Map<number, { readonly now: Seat; readonly before: Seat }[]>();
  for (const pair of pairsOf(key, [...now.keys()], [...then.keys()], days, seasons))
    byDay.set(pair.day, [...(byDay.get(pair.day) ?? []), { now: now.get(pair.now)!, before: then.get(pair.before)! }]);
  return byDay;
}

/** The first day with an alarm in a year of daily looks at a simulated book, or null. */
export function watchYear(book: SimulatedBook, budget: AlarmBudget = YEARLY_BUDGET): number | null {
  const { seed, features, drift = null } = book;
  const { days } = budget;
  const random = seededRandom(`outcomes ${seed}`);
  const key = `year ${seed}`;
  const until = book.until ?? days - 1;
  const months = simulateBook(book, monthOf(until, days));
  const reference = months[0]!;
  const byDay = seatedPairs(key, months.slice(1), [reference], days, until);
  // Ranks are those of an earlier sample, as a model's bins are.
  const earlier = simulateBook({ ...book, seed: `earlier ${seed}`, customers: 500 }, 0)[0]!;
  const ranks = earlier.values.map((values) => ridits(values));
  const detector = createDetector(watchedIn(features), budget);
  for (const [day, pairs] of [...byDay].sort(([a], [b]) => a - b)) {
    const changed = drift !== null && day >= drift.from ? drift : null;
    const present = months[monthOf(day, days)]!;
    const observed = new Map<string, ArrayLike<number>>();
    let risky = new Float64Array();
    for (const [f, rank] of ranks.entries()) {
      const then = Float64Array.from(pairs, (pair) => reference.values[f]![pair.before.seat]!);
      const now = Float64Array.from(pairs, (pair) => present.values[f]![pair.now.seat]!);
      if (f === 0) {
        risky = Float64Array.from(now);
        if (changed)
          now.forEach((value, i) => {
            now[i] = random.uniform() < (changed.missing ?? 0) ? Number.NaN : value + (changed.shift ?? 0);
          });
      }
      const differences = rankDifferences(now, then, rank);
      for (const kind of ['shift', 'spread', 'missing'] as const) observed.set(`x${f} ${kind}`, differences[kind]);
    }
    const logOdds = risky.map((x) => -2.5 + 0.8 * x);
    const chance = (z: number) => 1 / (1 + Math.exp(-z));
    const bad = logOdds.map((z) => (random.uniform() < chance(z + (changed?.risk ?? 0)) ? 1 : 0));
    observed.set('calibration', calibrationResiduals(logOdds.map(chance), bad));
    const { alarmDay } = detector.look(day, observed);
    if (alarmDay !== null) return alarmDay;
  }
  return null;
}
