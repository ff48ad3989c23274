import { neighbour } from '../../models/golden/ulp.ts';
import type { FeatureTerm, NumberEncoding, PairTerm } from '../../models/artefact/index.ts';
import type { RateableModel } from '../model.ts';
import { goodRunAt, knownSupport, type GoodRun } from '../reasons/good-values.ts';

/** A feature that costs the customer more than it costs people on average, and the nearest value at which it would not. */
export interface Remedy {
  /** Index of the model's term. */
  readonly term: number;
  /** A value at which the feature, beside the customer's other values, costs no more than on average. */
  readonly value: number | string;
  /** Its bin. */
  readonly bin: number;
  /** What good looks like, in words: values of the same run as `value`. */
  readonly good: GoodRun;
  /** By how much the model's log-odds fall when the feature alone takes that value; above 0, exact. */
  readonly gain: number;
}

/** What two remedies gain together beside the sum of their own gains; exact. */
export interface Interaction {
  readonly a: number;
  readonly b: number;
  readonly gain: number;
}

/** A pair as one of its features sees it: what it adds in each bin of that feature, for a bin of the other one. */
interface Partner {
  readonly other: number;
  readonly groupOf: Int32Array;
  readonly otherGroupOf: Int32Array;
  /** What the pair adds, by group of this feature and group of the other. */
  readonly values: Float64Array;
  /** Steps in `values` from one group of this feature to the next, and of the other. */
  readonly step: number;
  readonly otherStep: number;
  /** About what the pair adds on average over this feature's training rows, by group of the other. */
  readonly meanBy: Float64Array;
}

/** A term made ready for profiles. */
interface PreparedTerm {
  readonly shape: Float64Array;
  readonly support: Float64Array;
  readonly weight: number;
  /** Weight of the training rows with an ordinary value. */
  readonly known: number;
  /** The mean of the shape over the training rows. */
  readonly shapeMean: number;
  /** More than rounding can make of the sums of a profile. */
  readonly margin: number;
  /** The pairs that the feature is of, in the model's order. */
  readonly partners: readonly Partner[];
  /** Where profiles are made, one after the other: a new one each time would be memory outside the heap. */
  readonly profile: Float64Array;
}

const prepared = new WeakMap<RateableModel, readonly PreparedTerm[]>();

/** The mean of what bins add, weighed by the training rows in them. */
function meanOver(support: Float64Array, weight: number, profile: Float64Array): number {
  let sum = 0;
  for (let bin = 0; bin < profile.length; bin++) sum += profile[bin]! * support[bin]!;
  return sum / weight;
}

function preparedTerms(model: RateableModel): readonly PreparedTerm[] {
  let ready = prepared.get(model);
  if (ready === undefined) {
    const { terms, pairs } = model.artefact.model;
    ready = terms.map((term, index): PreparedTerm => {
      const shape = Float64Array.from(term.shape);
      const support = Float64Array.from(shape, (_, bin) => term.support[bin] ?? 0);
      const weight = term.support.reduce((sum, each) => sum + each, 0);
      const meanOf = (at: (bin: number) => number): number =>
        weight > 0
          ? meanOver(
              support,
              weight,
              support.map((_, bin) => at(bin)),
            )
          : 0;
      const partners = pairs.flatMap(({ a, b, rowOf, columnOf, values }): Partner[] => {
        if (a !== index && b !== index) return [];
        const columns = values[0]?.length ?? 0;
        const [rows, across] = [Int32Array.from(rowOf), Int32Array.from(columnOf)];
        const [groupOf, otherGroupOf, step, otherStep, others] =
          a === index ? [rows, across, columns, 1, columns] : [across, rows, 1, columns, values.length];
        const flat = Float64Array.from(values.flat());
        const meanBy = Float64Array.from({ length: others }, (_, other) =>
          meanOf((bin) => flat[(groupOf[bin] ?? 0) * step + other * otherStep] ?? 0),
        );
        return [{ other: a === index ? b : a, groupOf, otherGroupOf, values: flat, step, otherStep, meanBy }];
      });
      const largest = [shape, ...partners.map(({ values }) => values)].reduce(
        (sum, values) => sum + values.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
        0,
      );
      return {
        shape,
        support,
        weight,
        known: knownSupport(term),
        shapeMean: meanOf((bin) => shape[bin] ?? 0),
        margin: 1e-9 * largest,
        partners,
        profile: new Float64Array(shape.length),
      };
    });
    prepared.set(model, ready);
  }
  return ready;
}

/** What a feature adds to the log-odds in one bin: the same sum as its profile holds there. */
function presentOf({ shape, partners }: PreparedTerm, bin: number, bins: ArrayLike<number>): number {
  let present = shape[bin] ?? 0;
  for (const { other, groupOf, otherGroupOf, values, step, otherStep } of partners)
    present += values[(groupOf[bin] ?? 0) * step + (otherGroupOf[bins[other] ?? 0] ?? 0) * otherStep] ?? 0;
  return present;
}

/** About the mean of a feature's profile over the training rows, within its margin. */
function aboutMean({ shapeMean, partners }: PreparedTerm, bins: ArrayLike<number>): number {
  let mean = shapeMean;
  for (const { other, otherGroupOf, meanBy } of partners) mean += meanBy[otherGroupOf[bins[other] ?? 0] ?? 0] ?? 0;
  return mean;
}

/** What a feature adds to the log-odds in each of its bins, the customer's other values as they are: its shape and its pairs. Good until the next one. */
function profileOf({ shape, partners, profile }: PreparedTerm, bins: ArrayLike<number>): Float64Array {
  let before = shape;
  for (const { other, groupOf, otherGroupOf, values, step, otherStep } of partners) {
    const from = (otherGroupOf[bins[other] ?? 0] ?? 0) * otherStep;
    for (let bin = 0; bin < profile.length; bin++)
      profile[bin] = before[bin]! + (values[(groupOf[bin] ?? 0) * step + from] ?? 0);
    before = profile;
  }
  return before;
}

function cell({ values, rowOf, columnOf }: PairTerm, a: number, b: number): number {
  return values[rowOf[a] ?? 0]?.[columnOf[b] ?? 0] ?? 0;
}

/** Every feature that could be put right, in the order of terms. `bins` are those of the customer's values. */
export function remedies(
  model: RateableModel,
  bins: ArrayLike<number>,
  known: readonly (number | string | null)[],
): Remedy[] {
  const { terms } = model.artefact.model;
  const found: Remedy[] = [];
  preparedTerms(model).forEach((ready, index) => {
    const { support, weight } = ready;
    if (!(weight > 0)) return;
    const bin = bins[index] ?? 0;
    const present = presentOf(ready, bin, bins);
    // Most features cost less than on average, plainly: their profiles need not be made.
    if (present < aboutMean(ready, bins) - ready.margin) return;
    const profile = profileOf(ready, bins);
    const mean = profile === ready.shape ? ready.shapeMean : meanOver(support, weight, profile);
    if (present <= mean) return;
    const target = nearestGoodBin(terms[index] as FeatureTerm, ready.known, profile, mean, bin, known[index] ?? null);
    if (target === null) return;
    const gain = present - (profile[target.bin] ?? 0);
    if (gain > 0) found.push({ term: index, ...target, gain });
  });
  return found;
}

/** What remedies gain together beside their own gains: the pairs that join two of them. Indexes are into `of`. */
export function interactions(model: RateableModel, bins: ArrayLike<number>, of: readonly Remedy[]): Interaction[] {
  const { terms, pairs } = model.artefact.model;
  /** Index into `of` by term; -1: it is not among them. */
  const place = Array.from(terms, () => -1);
  of.forEach(({ term }, i) => (place[term] = i));
  const found: Interaction[] = [];
  for (const pair of pairs) {
    const a = place[pair.a] ?? -1;
    const b = place[pair.b] ?? -1;
    if (a < 0 || b < 0) continue;
    const fromA = bins[pair.a] ?? 0;
    const fromB = bins[pair.b] ?? 0;
    const toA = of[a]?.bin ?? 0;
    const toB = of[b]?.bin ?? 0;
    const present = cell(pair, fromA, fromB);
    const both = present - cell(pair, toA, toB);
    const single = present - cell(pair, toA, fromB) + present - cell(pair, fromA, toB);
    if (both !== single) found.push({ a: Math.min(a, b), b: Math.max(a, b), gain: both - single });
  }
  return found;
}

/** The bin that is no worse than `mean` and nearest to the customer's, in a run that people were in; and a value of it. */
function nearestGoodBin(
  term: FeatureTerm,
  known: number,
  profile: Float64Array,
  mean: number,
  bin: number,
  value: number | string | null,
): Pick<Remedy, 'bin' | 'value' | 'good'> | null {
  const { encoding, support } = term;
  const first = 1 + encoding.codes.length;
  const isGood = (each: number): boolean => (profile[each] ?? Infinity) <= mean && (support[each] ?? 0) > 0;
  if (encoding.kind === 'category') {
    const levels = encoding.levels.map((_, i) => first + i).filter(isGood);
    const commonest = levels.reduce<number | null>(
      (best, each) => (best === null || (support[each] ?? 0) > (support[best] ?? 0) ? each : best),
      null,
    );
    const level = commonest === null ? undefined : encoding.levels[commonest - first];
    if (commonest === null || level === undefined) return null;
    return {
      bin: commonest,
      value: level,
      good: { kind: 'levels', levels: [level], support: support[commonest] ?? 0 },
    };
  }
  const last = first + encoding.edges.length;
  const ordinary = typeof value === 'number' && bin >= first;
  /** What a bin would be as the target; null where it is not good, in no run, or holds no ordinary value. */
  const target = (each: number): Pick<Remedy, 'bin' | 'value' | 'good'> | null => {
    if (each < first || each > last || !isGood(each)) return null;
    const good = goodRunAt(term, encoding.edges, profile, each, mean, known);
    const found = good === null ? null : valueIn(term, encoding, each - first, ordinary && each < bin);
    return good === null || found === null ? null : { bin: each, value: found, good };
  };
  if (ordinary) {
    for (let away = 0; away <= last - first; away++) {
      const found = target(bin - away) ?? target(bin + away);
      if (found !== null) return found;
    }
    return null;
  }
  // Where the value is missing or a code: the commonest bin, the first of equals.
  let best: Pick<Remedy, 'bin' | 'value' | 'good'> | null = null;
  for (let each = first; each <= last; each++)
    if (best === null || (support[each] ?? 0) > (support[best.bin] ?? 0)) best = target(each) ?? best;
  return best;
}

/** A value of the bin at `place`: coming from above its highest, else its lowest; whole where the feature is. Null where it holds special codes alone. */
function valueIn(
  { display, range }: FeatureTerm,
  { edges, codes }: NumberEncoding,
  place: number,
  fromAbove: boolean,
): number | null {
  const from = place === 0 ? -Infinity : (edges[place - 1] ?? -Infinity);
  const below = edges[place] ?? Infinity;
  const isWhole = display === 'whole' || display === 'yes-no';
  const highest = isWhole ? Math.ceil(below) - 1 : neighbour(below, false);
  const lowest = isWhole ? Math.ceil(from) : from;
  const tried = [
    ...(fromAbove ? [highest, lowest] : [lowest, highest]),
    from,
    range?.[0] ?? 0,
    neighbour(below, false),
  ];
  const holds = (value: number): boolean =>
    Number.isFinite(value) && value >= from && value < below && !codes.includes(value);
  return tried.find(holds) ?? null;
}
