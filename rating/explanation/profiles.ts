import type { RateableModel } from '../model.ts';
import { knownSupport } from '../reasons/good-values.ts';

/** What a feature adds to the log-odds in each of its bins while the features that it is paired with stay as they are. */
export interface Profile<Found> {
  readonly values: Float64Array;
  /** Its mean over the training rows. */
  readonly mean: number;
  /** What was found for a bin before, by bin: for ordinary values, and for the missing and codes. */
  readonly ordinary: (Found | null | undefined)[];
  readonly other: (Found | null | undefined)[];
}

/** A pair as one of its features sees it: what it adds in each bin of that feature, for a bin of the other one. */
interface Partner {
  readonly other: number;
  readonly groupOf: Int32Array;
  readonly otherGroupOf: Int32Array;
  readonly otherGroups: number;
  /** What the pair adds, by group of this feature and group of the other. */
  readonly values: Float64Array;
  /** Steps in `values` from one group of this feature to the next, and of the other. */
  readonly step: number;
  readonly otherStep: number;
}

/** A term made ready for profiles. */
interface PreparedTerm<Found> {
  readonly shape: Float64Array;
  readonly support: Float64Array;
  readonly weight: number;
  /** The pairs that the feature is of, in the model's order. */
  readonly partners: readonly Partner[];
  /** Profiles made before, by the groups that the partners were in. */
  readonly profiles: Map<number, Profile<Found>>;
}

/** Bounds what profiles are kept for a model: some megabytes. Values fall into few groups, so that most ratings find theirs. */
const MOST_PROFILES = 4096;

/** The profiles of one model's features, kept as they are made. */
export class Profiles<Found> {
  readonly #terms: readonly PreparedTerm<Found>[];
  /** Weight of each term's training rows with an ordinary value. */
  readonly known: readonly number[];
  #kept = 0;

  constructor({ artefact }: RateableModel) {
    const { terms, pairs } = artefact.model;
    this.known = terms.map(knownSupport);
    this.#terms = terms.map((term, index) => ({
      shape: Float64Array.from(term.shape),
      support: Float64Array.from(term.shape, (_, bin) => term.support[bin] ?? 0),
      weight: term.support.reduce((sum, each) => sum + each, 0),
      partners: pairs.flatMap(({ a, b, rowOf, columnOf, values }): Partner[] => {
        if (a !== index && b !== index) return [];
        const columns = values[0]?.length ?? 0;
        const [rows, across, flat] = [
          Int32Array.from(rowOf),
          Int32Array.from(columnOf),
          Float64Array.from(values.flat()),
        ];
        return a === index
          ? [
              {
                other: b,
                groupOf: rows,
                otherGroupOf: across,
                otherGroups: columns,
                values: flat,
                step: columns,
                otherStep: 1,
              },
            ]
          : [
              {
                other: a,
                groupOf: across,
                otherGroupOf: rows,
                otherGroups: values.length,
                values: flat,
                step: 1,
                otherStep: columns,
              },
            ];
      }),
      profiles: new Map(),
    }));
  }

  /** The profile of a term beside values with these bins; null for one that no training row had. */
  of(term: number, bins: ArrayLike<number>): Profile<Found> | null {
    const ready = this.#terms[term];
    if (ready === undefined || !(ready.weight > 0)) return null;
    let key = 0;
    for (const { other, otherGroupOf, otherGroups } of ready.partners)
      key = key * otherGroups + (otherGroupOf[bins[other] ?? 0] ?? 0);
    return ready.profiles.get(key) ?? this.#keep(ready, key, bins);
  }

  #keep(ready: PreparedTerm<Found>, key: number, bins: ArrayLike<number>): Profile<Found> {
    const made = profileOf(ready, bins);
    // Products of many groups are no longer told apart.
    if (!Number.isSafeInteger(key)) return made;
    if (this.#kept >= MOST_PROFILES) {
      for (const { profiles } of this.#terms) profiles.clear();
      this.#kept = 0;
    }
    this.#kept += 1;
    ready.profiles.set(key, made);
    return made;
  }
}

function profileOf<Found>(
  { shape, support, weight, partners }: PreparedTerm<Found>,
  bins: ArrayLike<number>,
): Profile<Found> {
  const values = shape.slice();
  for (const { other, groupOf, otherGroupOf, values: pair, step, otherStep } of partners) {
    const from = (otherGroupOf[bins[other] ?? 0] ?? 0) * otherStep;
    for (let bin = 0; bin < values.length; bin++) values[bin]! += pair[(groupOf[bin] ?? 0) * step + from] ?? 0;
  }
  let sum = 0;
  for (let bin = 0; bin < values.length; bin++) sum += values[bin]! * support[bin]!;
  return { values, mean: sum / weight, ordinary: [], other: [] };
}
