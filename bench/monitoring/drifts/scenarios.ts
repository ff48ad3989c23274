import { seededRandom } from '../../../base/index.ts';
import { simulateBook, type BookMonth } from '../../../models/monitoring/simulation.ts';

/** Day of the year on which a drift begins. */
export const ONSET = 100;
/** Features of the book beside the time that a customer has been in it. */
export const FEATURES = 10;
const MONTHS = 12;

/** What happens to a simulated book in the year that is looked at. */
export interface Scenario {
  readonly name: string;
  /** Whether something is wrong: no alarm is right where it is not. */
  readonly drift: boolean;
  /** What the book is compared with: the month before the year, or each month with the same one a year before. */
  readonly reference: 'fixed' | 'same month';
  /** Standard deviations by which the first three features swing within every year. */
  readonly season?: number;
  /** From the onset on: standard deviations that so many features move by. */
  readonly shift?: { readonly by: number; readonly features: number };
  /** Share of the first feature that goes missing, or that is 0 whatever it was. */
  readonly missing?: number;
  readonly stuck?: number;
  /** Log-odds by which the risk rises while no feature shows it. */
  readonly risk?: number;
  /** Days until an outcome is known, as everybody knows. */
  readonly outcomesAfter?: number;
  /** Days by which defaults, from the onset on, are booked late while goods are not, as nobody knows. */
  readonly bookedLate?: number;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'nothing changes', drift: false, reference: 'fixed' },
  { name: 'a season (three features, 0.5 SD)', drift: false, reference: 'fixed', season: 0.5 },
  { name: 'the same season, same month a year before', drift: false, reference: 'same month', season: 0.5 },
  {
    name: 'covariate shift: one feature up by 0.5 SD',
    drift: true,
    reference: 'fixed',
    shift: { by: 0.5, features: 1 },
  },
  {
    name: 'covariate shift: six features up by 0.3 SD',
    drift: true,
    reference: 'fixed',
    shift: { by: 0.3, features: 6 },
  },
  { name: 'broken field: missing in 10 %', drift: true, reference: 'fixed', missing: 0.1 },
  { name: 'broken field: 0 in 30 %', drift: true, reference: 'fixed', stuck: 0.3 },
  { name: 'concept drift: log-odds up by 0.7', drift: true, reference: 'fixed', risk: 0.7 },
  { name: 'the same, outcomes known after 60 days', drift: true, reference: 'fixed', risk: 0.7, outcomesAfter: 60 },
  { name: 'label delay: defaults booked 60 days late', drift: true, reference: 'fixed', bookedLate: 60 },
  {
    name: 'one feature up by 0.5 SD beside a season, same month a year before',
    drift: true,
    reference: 'same month',
    season: 0.5,
    shift: { by: 0.5, features: 1 },
  },
];

/** A customer as they stand on a day. */
export interface Standing {
  readonly values: readonly number[];
  /** PD by a model that is right until the risk changes. */
  readonly pd: number;
  /** 1 or 0 as booked by the day; NaN: not known yet. */
  readonly bad: number;
}

/** A book that everybody looks at: the year before (months 0 to 11 where it is needed, else its last one), and the year. */
export interface DriftingBook {
  readonly before: readonly BookMonth[];
  readonly year: readonly BookMonth[];
  /** A customer of the reference. */
  earlier(month: number, seat: number): Standing;
  /** A customer of the year on a day. */
  now(day: number, month: number, seat: number): Standing;
}

const chance = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/**
 * A book of customers who stay in it and are like themselves (`simulateBook`), with what a scenario does to it. A customer's luck and what breaks for them
 * are drawn once, so that the same book is shown to everybody. Equal seeds give equal books up to the onset, whatever the scenario.
 */
export function driftingBook(scenario: Scenario, customers: number, seed: string): DriftingBook {
  const months = simulateBook({ seed, customers, features: FEATURES }, 2 * MONTHS - 1);
  const [before, year] = [months.slice(0, MONTHS), months.slice(MONTHS)];
  const drawn = new Map<string, { readonly luck: number; readonly broken: number }>();
  const drawOf = (id: string) => {
    let found = drawn.get(id);
    if (found === undefined) {
      const random = seededRandom(`${seed} ${id}`);
      found = { luck: random.uniform(), broken: random.uniform() };
      drawn.set(id, found);
    }
    return found;
  };
  const { season = 0, shift, missing = 0, stuck = 0, risk = 0, outcomesAfter = 0, bookedLate = 0 } = scenario;
  const swing = (month: number): number => season * Math.sin((2 * Math.PI * (month + 1)) / MONTHS);

  const standing = (of: BookMonth, month: number, seat: number, day: number | null): Standing => {
    const { luck, broken } = drawOf(of.ids[seat]!);
    const changed = day !== null && day >= ONSET;
    const real = of.values.map(
      (values, f) =>
        values[seat]! + (f < 3 ? swing(month) : 0) + (changed && shift && f < shift.features ? shift.by : 0),
    );
    const logOdds = -2.5 + 0.8 * real[0]!;
    const seen = [...real];
    if (changed && broken < missing) seen[0] = Number.NaN;
    else if (changed && broken < stuck) seen[0] = 0;
    // Outcomes known late tell of the risk as it was so long before.
    const riskFrom = ONSET + outcomesAfter;
    const defaults = luck < chance(logOdds + (day !== null && day >= riskFrom ? risk : 0));
    const late = changed && bookedLate > 0;
    return {
      values: seen,
      pd: chance(-2.5 + 0.8 * (Number.isNaN(seen[0]) ? 0 : seen[0]!)),
      bad: defaults && !late ? 1 : 0,
    };
  };
  return {
    before: scenario.reference === 'fixed' ? before.slice(-1) : before,
    year,
    earlier: (month, seat) =>
      scenario.reference === 'fixed'
        ? standing(before.at(-1)!, MONTHS - 1, seat, null)
        : standing(before[month]!, month, seat, null),
    now: (day, month, seat) => standing(year[month]!, month, seat, day),
  };
}
