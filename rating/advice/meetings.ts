import type { PairTerm } from '../../models/artefact/index.ts';
import type { RateableModel } from '../model.ts';
import type { Choice, Option } from './options.ts';

/** What choices do together in the model's pairs of terms, read off the pairs' tables. Two acts that are joined change no feature both. */
export class Meetings {
  readonly #options: readonly Option[];
  readonly #pairs: readonly PairTerm[];
  readonly #now: readonly number[];
  /** Indexes of the model's terms whose features an option changes. */
  readonly #moves: readonly ReadonlySet<number>[];
  readonly #bins = new Map<number, readonly number[]>();
  /** Pairs in which two options meet: the first moves one term of each, the second the other. */
  readonly #met = new Map<number, readonly { readonly pair: PairTerm; readonly isTurned: boolean }[]>();

  /** `now`: the bins of the customer's values as they are. */
  constructor({ artefact }: RateableModel, options: readonly Option[], now: readonly number[]) {
    const { terms, pairs } = artefact.model;
    this.#options = options;
    this.#pairs = pairs;
    this.#now = now;
    this.#moves = options.map(
      ({ touches }) => new Set(terms.flatMap(({ name }, t) => (touches.has(`features.${name}`) ? [t] : []))),
    );
  }

  /** Tells the bins of the customer's values after one choice. */
  set(choice: Choice, bins: readonly number[]): void {
    this.#bins.set(choice.id, bins);
  }

  meets(a: number, b: number): boolean {
    return this.#pairsOf(a, b).length > 0;
  }

  /** At most how much further two acts bring the log-odds down together than each alone adds up to. */
  slack(a: number, b: number): number {
    let slack = 0;
    for (const { pair, isTurned } of this.#pairsOf(a, b)) {
      const [first, second] = isTurned ? [b, a] : [a, b];
      let most = 0;
      for (const row of this.#reached(first, pair.rowOf, pair.a))
        for (const column of this.#reached(second, pair.columnOf, pair.b))
          most = Math.max(most, this.#meeting(pair, row, column));
      slack += most;
    }
    return slack;
  }

  /** What two choices bring the log-odds down by together beyond what each does alone. */
  together(a: Choice, b: Choice): number {
    const [one, other] = [this.#bins.get(a.id) ?? this.#now, this.#bins.get(b.id) ?? this.#now];
    let more = 0;
    for (const { pair, isTurned } of this.#pairsOf(a.option, b.option))
      more += isTurned ? this.#meeting(pair, other, one) : this.#meeting(pair, one, other);
    return more;
  }

  #pairsOf(a: number, b: number): readonly { readonly pair: PairTerm; readonly isTurned: boolean }[] {
    const key = a * 64 + b;
    const known = this.#met.get(key);
    if (known !== undefined) return known;
    const moves = (option: number, term: number): boolean => this.#moves[option]?.has(term) === true;
    const found = this.#pairs.flatMap((pair) =>
      moves(a, pair.a) && moves(b, pair.b)
        ? [{ pair, isTurned: false }]
        : moves(b, pair.a) && moves(a, pair.b)
          ? [{ pair, isTurned: true }]
          : [],
    );
    this.#met.set(key, found);
    return found;
  }

  /** One choice's bins for each row, or column, of a pair that an act can reach. */
  #reached(option: number, of: readonly number[], term: number): readonly (readonly number[])[] {
    const found = new Map<number, readonly number[]>();
    for (const { id } of this.#options[option]?.choices ?? []) {
      const bins = this.#bins.get(id);
      if (bins !== undefined) found.set(of[bins[term] ?? 0] ?? 0, bins);
    }
    return [...found.values()];
  }

  /** What a pair makes the log-odds fall by beside each change alone, `row` moving its first term and `column` its second. */
  #meeting(pair: PairTerm, row: readonly number[], column: readonly number[]): number {
    const at = (first: readonly number[], second: readonly number[]): number =>
      pair.values[pair.rowOf[first[pair.a] ?? 0] ?? 0]?.[pair.columnOf[second[pair.b] ?? 0] ?? 0] ?? 0;
    const now = this.#now;
    return at(row, now) + at(now, column) - at(row, column) - at(now, now);
  }
}
