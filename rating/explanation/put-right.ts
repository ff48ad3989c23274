import { neighbour } from '../../models/golden/ulp.ts';
import type { FeatureTerm, FeatureValues, NumberEncoding, PairTerm } from '../../models/artefact/index.ts';
import type { RateableModel } from '../model.ts';
import { goodRunAt, type GoodRun } from '../reasons/good-values.ts';
import { normalValue } from '../reasons/reasons.ts';
import type { Scalar } from '../rules/index.ts';
import { Profiles, type Profile } from './profiles.ts';

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
  /** The same as a change: of the field that tables know the feature by, and of the model's bin. */
  readonly change: {
    readonly fields: ReadonlyMap<string, Scalar>;
    readonly terms: readonly { readonly term: number; readonly bin: number }[];
  };
}

/** What two remedies gain together beside the sum of their own gains; exact. */
export interface Interaction {
  readonly a: number;
  readonly b: number;
  readonly gain: number;
}

function cell({ values, rowOf, columnOf }: PairTerm, a: number, b: number): number {
  return values[rowOf[a] ?? 0]?.[columnOf[b] ?? 0] ?? 0;
}

const profiles = new WeakMap<RateableModel, Profiles<Remedy>>();

/** Every feature that could be put right, in the order of terms. `bins` are those of the customer's values. */
export function remedies(model: RateableModel, bins: ArrayLike<number>, values: FeatureValues): Remedy[] {
  const { terms } = model.artefact.model;
  let ready = profiles.get(model);
  if (ready === undefined) profiles.set(model, (ready = new Profiles<Remedy>(model)));
  const found: Remedy[] = [];
  for (let index = 0; index < terms.length; index++) {
    const profile = ready.of(index, bins);
    if (profile === null) continue;
    const bin = bins[index] ?? 0;
    if (!((profile.values[bin] ?? 0) > profile.mean)) continue;
    const term = terms[index] as FeatureTerm;
    const ordinary = bin > term.encoding.codes.length && typeof normalValue(values[term.name], term.type) === 'number';
    const before = ordinary ? profile.ordinary : profile.other;
    let remedy = before[bin];
    if (remedy === undefined)
      before[bin] = remedy = remedyOf(term, index, ready.known[index] ?? 0, profile, bin, ordinary);
    if (remedy !== null) found.push(remedy);
  }
  return found;
}

function remedyOf(
  term: FeatureTerm,
  index: number,
  known: number,
  { values, mean }: Profile<Remedy>,
  bin: number,
  ordinary: boolean,
): Remedy | null {
  const target = nearestGoodBin(term, known, values, mean, bin, ordinary);
  if (target === null) return null;
  const gain = (values[bin] ?? 0) - (values[target.bin] ?? 0);
  if (!(gain > 0)) return null;
  const fields = new Map([[`features.${term.name}`, target.value]]);
  return { term: index, ...target, gain, change: { fields, terms: [{ term: index, bin: target.bin }] } };
}

/** What remedies gain together beside their own gains: the pairs that join two of them. Indexes are into `of`. */
export function interactions(model: RateableModel, bins: ArrayLike<number>, of: readonly Remedy[]): Interaction[] {
  const { terms, pairs } = model.artefact.model;
  /** Index into `of` by term; -1: it is not among them. */
  const place = terms.map(() => -1);
  for (const [i, { term }] of of.entries()) place[term] = i;
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
  ordinary: boolean,
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
