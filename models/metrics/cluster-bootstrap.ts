import { seededRandom } from '../../base/random.ts';
import type { Bounded } from './proportions.ts';

/** Figures of rows, summed by customer: every statistic of a bootstrap is a function of their totals. */
export class ClusterTotals {
  readonly #measures: number;
  readonly #of = new Map<string, number>();
  readonly #sums: Float64Array[] = [];

  /** `measures`: how many figures a row has. */
  constructor(measures: number) {
    this.#measures = measures;
  }

  /** Adds a row of a customer; null: a customer of its own. */
  add(customer: string | null, row: ArrayLike<number>): void {
    let at = customer === null ? undefined : this.#of.get(customer);
    if (at === undefined) {
      at = this.#sums.push(new Float64Array(this.#measures)) - 1;
      if (customer !== null) this.#of.set(customer, at);
    }
    const sums = this.#sums[at] as Float64Array;
    for (let k = 0; k < this.#measures; k++) sums[k]! += row[k] ?? 0;
  }

  get customers(): number {
    return this.#sums.length;
  }

  get measures(): number {
    return this.#measures;
  }

  /** Sums of one customer, by place. */
  of(place: number): Float64Array {
    return this.#sums[place] as Float64Array;
  }
}

/** A statistic of totals, such as a ratio of two of them. */
export type Statistic = (totals: Float64Array) => number;

export interface BootstrapOptions {
  readonly draws: number;
  readonly seed: number | string;
  readonly level?: number;
}

/**
 * Statistics of totals with percentile intervals (Efron 1979), customers drawn whole, with replacement (Field and Welsh 2007). All statistics see the same
 * draws, so that a difference of two is an interval of its own. Draws in which a statistic is no number are left out; without customers everything is NaN.
 */
export function clusterBootstrap(
  sums: ClusterTotals,
  statistics: readonly Statistic[],
  { draws, seed, level = 0.95 }: BootstrapOptions,
): readonly Bounded[] {
  const { customers, measures } = sums;
  const whole = new Float64Array(measures);
  for (let at = 0; at < customers; at++) addTo(whole, sums.of(at));
  const made = customers === 0 ? 0 : draws;
  const values = statistics.map((of) => (customers === 0 ? Number.NaN : of(whole)));
  const drawn = statistics.map(() => new Float64Array(made));
  const random = seededRandom(seed);
  const totals = new Float64Array(measures);
  for (let draw = 0; draw < made; draw++) {
    totals.fill(0);
    for (let i = 0; i < customers; i++) addTo(totals, sums.of(random.integer(customers)));
    statistics.forEach((of, k) => {
      (drawn[k] as Float64Array)[draw] = of(totals);
    });
  }
  const tail = (1 - level) / 2;
  return values.map((value, k) => {
    const sorted = (drawn[k] as Float64Array).filter((one) => !Number.isNaN(one)).sort();
    return { value, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
  });
}

function addTo(totals: Float64Array, more: Float64Array): void {
  for (let k = 0; k < totals.length; k++) totals[k]! += more[k]!;
}

/** Linear between order statistics (Hyndman and Fan 1996, type 7). */
function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (place - below) * (high - low);
}
