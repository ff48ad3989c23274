import { seededRandom, type Random } from '../../../base/index.ts';
import type { Artefact } from '../../../models/artefact/index.ts';
import { takeRows, type Dataset } from '../../../models/dataset/index.ts';
import { delongInterval } from '../../../models/metrics/index.ts';
import {
  createDetector,
  observeOutcomes,
  observePairs,
  watchedOf,
  YEARLY_BUDGET,
  type WatchPlan,
} from '../../../models/monitoring/index.ts';
import { seatedPairs, type BookMonth, type Seat } from '../../../models/monitoring/simulation.ts';
import { logistic, scoreMatrix } from '../../../models/scoring/index.ts';

/** Customers of a real book, month by month, and a model of it. */
export interface RealBook {
  readonly artefact: Artefact;
  readonly plan: WatchPlan;
  /** Rows that ranks are taken among: of training. */
  readonly sample: Dataset;
  readonly rows: Dataset;
  /** By row. */
  readonly segments: readonly (string | null)[];
  /** Customers: the row of each of their months, all of the same number. */
  readonly histories: readonly (readonly number[])[];
}

/** A year of daily looks at a book that is drawn from a real one. */
export interface NullYear {
  readonly seed: string;
  readonly customers: number;
  /** Share of the customers replaced each month; default 0.02. */
  readonly churn?: number;
  /** Log-odds by which outcomes are worse than PDs all year; default 0: nothing is wrong. */
  readonly risk?: number;
}

const MONTHS = 12;
/** Rows that the promised AUC is measured on. */
const VALIDATED = 1_000;

/**
 * The first day with an alarm in a year in which nothing changes, or null. Each customer is one of the real ones, drawn with replacement, whose months are closed to a circle and begun
 * at a random one: so every month of the book has the same distribution, exactly, whatever the real book did over time, while each customer goes on as a real one did. Outcomes are drawn
 * from the PDs, and the promised AUC is the lower bound of rows that were drawn likewise.
 */
export function firstFalseAlarm(book: RealBook, { seed, customers, churn = 0.02, risk = 0 }: NullYear): number | null {
  const { artefact, plan, rows, segments, sample } = book;
  const random = seededRandom(`real ${seed}`);
  const months = seatedMonths(book, customers, churn, random);
  const { pd, logOdds } = scoreMatrix(artefact, rows);
  const promised = promisedAuc(book, pd, random);
  const detector = createDetector(watchedOf(plan));
  const { days } = YEARLY_BUDGET;
  const [reference, ...year] = months;
  const rowOf = (from: readonly BookRows[], { month, seat }: Seat): number => from[month]!.rows[seat]!;
  const side = (at: readonly number[]) => ({
    rows: takeRows(rows, at),
    segments: at.map((row) => segments[row] ?? null),
  });
  const byDay = seatedPairs(`year ${seed}`, year, [reference!], days, days - 1);
  for (const [day, pairs] of [...byDay].sort(([a], [b]) => a - b)) {
    const now = pairs.map((pair) => rowOf(year, pair.now));
    const before = pairs.map((pair) => rowOf([reference!], pair.before));
    const outcomes = now.map((row) => ({
      pd: pd[row]!,
      bad: random.uniform() < logistic(logOdds[row]! + risk),
      segment: segments[row] ?? null,
    }));
    const seen = [
      ...observePairs(artefact, plan, sample, side(now), side(before)),
      ...observeOutcomes(plan, outcomes, promised),
    ];
    if (detector.look(day, new Map<string, ArrayLike<number>>(seen)).alarm) return day;
  }
  return null;
}

interface BookRows extends BookMonth {
  readonly rows: readonly number[];
}

/** The reference month and the twelve after it: who is in the book, and their rows. */
function seatedMonths({ histories }: RealBook, customers: number, churn: number, random: Random): readonly BookRows[] {
  const drawn = () => ({ history: histories[random.integer(histories.length)]!, phase: random.integer(MONTHS) });
  const seats = Array.from({ length: customers }, drawn);
  const ids = seats.map((_, seat) => `c${seat}`);
  let named = customers;
  return Array.from({ length: MONTHS + 1 }, (_, month): BookRows => {
    if (month > 0)
      for (let seat = 0; seat < customers; seat++)
        if (random.uniform() < churn) {
          seats[seat] = drawn();
          ids[seat] = `c${named++}`;
        }
    return {
      ids: [...ids],
      values: [],
      rows: seats.map(({ history, phase }) => history[(phase + month) % history.length]!),
    };
  });
}

/** What a validation would promise: the bound that the AUC lies above with a probability of 97.5 %. */
function promisedAuc({ histories }: RealBook, pd: Float64Array, random: Random): number | null {
  const drawn = Array.from({ length: VALIDATED }, () => {
    const history = histories[random.integer(histories.length)]!;
    return pd[history[random.integer(history.length)]!]!;
  });
  const bad = Uint8Array.from(drawn, (each) => (random.uniform() < each ? 1 : 0));
  const bads = bad.reduce((sum, each) => sum + each, 0);
  return bads === 0 || bads === bad.length ? null : delongInterval(Float64Array.from(drawn), bad).low;
}

/** The longest histories that all customers with a row at each of these instants have. */
export function historiesOf(rows: Dataset, instants: readonly number[]): readonly (readonly number[])[] {
  const byCustomer = new Map<string, Map<number, number>>();
  rows.ids.forEach((id, row) => {
    const customer = id.slice(0, id.lastIndexOf('/'));
    const own = byCustomer.get(customer) ?? new Map<number, number>();
    byCustomer.set(customer, own.set(rows.time![row]!, row));
  });
  return [...byCustomer.values()].flatMap((own) =>
    instants.every((at) => own.has(at)) ? [instants.map((at) => own.get(at)!)] : [],
  );
}
