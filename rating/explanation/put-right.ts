import { neighbour } from '../../models/golden/ulp.ts';
import type { FeatureTerm, NumberEncoding, PairTerm } from '../../models/artefact/index.ts';
import type { RateableModel } from '../model.ts';
import { goodRuns, type GoodRun } from '../reasons/good-values.ts';

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

/** What a feature adds to the log-odds in each of its bins, the customer's other values as they are: its shape and its pairs. */
function profileOf(model: RateableModel, index: number, bins: Int32Array): Float64Array {
  const { terms, pairs } = model.artefact.model;
  const profile = Float64Array.from((terms[index] as FeatureTerm).shape);
  for (const pair of pairs) {
    if (pair.a !== index && pair.b !== index) continue;
    for (let bin = 0; bin < profile.length; bin++)
      profile[bin]! += pair.a === index ? cell(pair, bin, bins[pair.b] ?? 0) : cell(pair, bins[pair.a] ?? 0, bin);
  }
  return profile;
}

function cell({ values, rowOf, columnOf }: PairTerm, a: number, b: number): number {
  return values[rowOf[a] ?? 0]?.[columnOf[b] ?? 0] ?? 0;
}

/** Every feature that could be put right, in the order of terms. `bins` are those of the customer's values. */
export function remedies(model: RateableModel, bins: Int32Array, known: readonly (number | string | null)[]): Remedy[] {
  const { terms } = model.artefact.model;
  return terms.flatMap((term, index): Remedy[] => {
    const profile = profileOf(model, index, bins);
    const weight = term.support.reduce((sum, each) => sum + each, 0);
    if (!(weight > 0)) return [];
    const mean = profile.reduce((sum, each, bin) => sum + each * (term.support[bin] ?? 0), 0) / weight;
    const bin = bins[index] ?? 0;
    const present = profile[bin] ?? 0;
    if (present <= mean) return [];
    const target = nearestGoodBin({ ...term, shape: [...profile] }, mean, bin, known[index] ?? null);
    if (target === null) return [];
    const gain = present - (profile[target.bin] ?? 0);
    return gain > 0 ? [{ term: index, ...target, gain }] : [];
  });
}

/** What remedies gain together beside their own gains: the pairs that join two of them. Indexes are into `of`. */
export function interactions(model: RateableModel, bins: Int32Array, of: readonly Remedy[]): Interaction[] {
  const place = new Map(of.map(({ term }, i) => [term, i]));
  return model.artefact.model.pairs.flatMap((pair): Interaction[] => {
    const a = place.get(pair.a);
    const b = place.get(pair.b);
    if (a === undefined || b === undefined) return [];
    const [fromA, fromB] = [bins[pair.a] ?? 0, bins[pair.b] ?? 0];
    const [toA, toB] = [of[a]?.bin ?? 0, of[b]?.bin ?? 0];
    const both = cell(pair, fromA, fromB) - cell(pair, toA, toB);
    const single =
      cell(pair, fromA, fromB) - cell(pair, toA, fromB) + cell(pair, fromA, fromB) - cell(pair, fromA, toB);
    return both === single ? [] : [{ a: Math.min(a, b), b: Math.max(a, b), gain: both - single }];
  });
}

/** The bin that is no worse than `mean` and nearest to the customer's, in a run that people were in; and a value of it. */
function nearestGoodBin(
  term: FeatureTerm,
  mean: number,
  bin: number,
  value: number | string | null,
): Pick<Remedy, 'bin' | 'value' | 'good'> | null {
  const { encoding, shape, support } = term;
  const first = 1 + encoding.codes.length;
  const isGood = (each: number): boolean => (shape[each] ?? Infinity) <= mean && (support[each] ?? 0) > 0;
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
  const runs = goodRuns(term, mean);
  const binsOf = (run: GoodRun): number[] =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i).filter(
      (each) => isGood(each) && run.kind === 'range' && within(encoding.edges, each - first, run),
    );
  const ordinary = typeof value === 'number' && bin >= first;
  const near = (each: number): number => (ordinary ? Math.abs(each - bin) : -(support[each] ?? 0));
  let best: Pick<Remedy, 'bin' | 'value' | 'good'> | null = null;
  for (const good of runs)
    for (const each of binsOf(good)) {
      if (best !== null && near(each) >= near(best.bin)) continue;
      const found = valueIn(term, encoding, each - first, ordinary && each < bin);
      if (found !== null) best = { bin: each, value: found, good };
    }
  return best;
}

function within(edges: readonly number[], place: number, run: GoodRun & { readonly kind: 'range' }): boolean {
  const from = place === 0 ? -Infinity : (edges[place - 1] ?? -Infinity);
  const below = edges[place] ?? Infinity;
  return from >= (run.from ?? -Infinity) && below <= (run.below ?? Infinity);
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
