import type { Artefact } from '../artefact/index.ts';
import { takeRows, type Dataset } from '../dataset/index.ts';
import { contributionNames, scoreMatrix } from '../scoring/index.ts';
import type { Watched } from './detector.ts';
import { calibrationResiduals, rankDifferences, rankingResiduals, ridits } from './observations.ts';

/** What of a model is watched for a year, fixed before its first look. */
export interface WatchPlan {
  /** Features of the model, without those that are the same for many customers at once (published series). */
  readonly features: readonly string[];
  readonly segments: readonly string[];
}

/** Shares of the alarm budget: inputs, scores, outcomes, and segments, each shared evenly among its measures. */
const SHARES = { inputs: 0.4, score: 0.15, outcomes: 0.25, segments: 0.2 } as const;

/** The measures of a plan: shift, spread and missing values of inputs, the score, its calibration and ranking, and all of it again by segment, under one budget. */
export function watchedOf(plan: WatchPlan): readonly Watched[] {
  const share = (names: readonly string[], weight: number, side: Watched['side'] = 'both'): Watched[] =>
    names.map((name) => ({ name, side, weight: weight / names.length }));
  return [
    ...share(
      plan.features.flatMap((feature) => [`${feature} shift`, `${feature} spread`, `${feature} missing`]),
      SHARES.inputs,
    ),
    ...share(['score shift', 'score spread'], SHARES.score),
    ...share(['calibration'], SHARES.outcomes / 2),
    ...share(['ranking'], SHARES.outcomes / 2, 'down'),
    ...share(
      plan.segments.flatMap((segment) =>
        ['share', 'score shift', 'calibration', ...plan.features.map((feature) => `${feature} shift`)].map((measure) =>
          inSegment(segment, measure),
        ),
      ),
      SHARES.segments,
    ),
  ];
}

const inSegment = (segment: string, measure: string): string => `${segment}: ${measure}`;

/** Rows of training that ranks are taken among. */
const RANKED = 5_000;

/** Customers of one side of the pairs, row by row. */
export interface PairedSide {
  readonly rows: Dataset;
  readonly segments: readonly (string | null)[];
}

/**
 * What pairs of customers tell of inputs and scores: the differences of ranks among `sample` (rows of training). A category counts by what the model
 * adds for it, so that levels are in the order of their risk. In a segment a customer counts with its rank's distance from the middle
 * and with 0 outside of it, so that the pairs are those of the whole book, and the differences stay of mean zero.
 */
export function observePairs(
  artefact: Artefact,
  plan: WatchPlan,
  sample: Dataset,
  now: PairedSide,
  before: PairedSide,
): Map<string, Float64Array> {
  const observed = new Map<string, Float64Array>();
  if (now.rows.rows === 0) return observed;
  const ranks = ranksOf(artefact, sample);
  const [today, then] = [valuesOf(artefact, now.rows), valuesOf(artefact, before.rows)];
  const watch = (name: string, measure: string, hasMissing: boolean): void => {
    const [x, y] = [today.get(name)!, then.get(name)!];
    const rank = ranks.get(name);
    if (rank === undefined) return;
    const { shift, spread, missing } = rankDifferences(x, y, rank);
    observed.set(`${measure} shift`, shift);
    observed.set(`${measure} spread`, spread);
    if (hasMissing) observed.set(`${measure} missing`, missing);
    for (const segment of plan.segments)
      observed.set(
        inSegment(segment, `${measure} shift`),
        shift.map(
          (_, i) =>
            (now.segments[i] === segment ? rank(x[i]!) - 0.5 : 0) -
            (before.segments[i] === segment ? rank(y[i]!) - 0.5 : 0),
        ),
      );
  };
  for (const feature of plan.features) watch(feature, feature, true);
  watch(SCORE, 'score', false);
  for (const segment of plan.segments)
    observed.set(
      inSegment(segment, 'share'),
      Float64Array.from(now.segments, (each, i) => Number(each === segment) - Number(before.segments[i] === segment)),
    );
  return observed;
}

type Ranks = ReadonlyMap<string, (value: number) => number>;
/** Samples are looked at day by day; their ranks stay as they are. */
const ranksBySample = new WeakMap<Dataset, { readonly artefact: Artefact; readonly ranks: Ranks }>();

/** Ranks among a sample, by feature and for the score; none where no value is known. */
function ranksOf(artefact: Artefact, sample: Dataset): Ranks {
  const known = ranksBySample.get(sample);
  if (known?.artefact === artefact) return known.ranks;
  const step = Math.max(1, Math.ceil(sample.rows / RANKED));
  const values = valuesOf(artefact, takeRows(sample, range(0, sample.rows, step)));
  const ranks: Ranks = new Map(
    [...values].flatMap(([name, own]) =>
      own.every((value) => Number.isNaN(value)) ? [] : [[name, ridits(own)] as const],
    ),
  );
  ranksBySample.set(sample, { artefact, ranks });
  return ranks;
}

/** A customer whose window has closed: the PD that they were scored with, and what became of them. */
export interface WatchedOutcome {
  readonly pd: number;
  readonly bad: boolean;
  readonly segment: string | null;
}

/**
 * What outcomes tell: outcome less PD, for all and within segments, and pairs in order less the AUC promised. `promised` should be a lower bound of what
 * validation found, as its error is no drift; null: ranking is not watched.
 */
export function observeOutcomes(
  plan: WatchPlan,
  outcomes: readonly WatchedOutcome[],
  promised: number | null,
): Map<string, Float64Array> {
  const of = (rows: readonly WatchedOutcome[]) => ({
    pd: rows.map(({ pd }) => pd),
    bad: rows.map(({ bad }) => Number(bad)),
  });
  const observed = new Map<string, Float64Array>();
  if (outcomes.length === 0) return observed;
  const all = of(outcomes);
  observed.set('calibration', calibrationResiduals(all.pd, all.bad));
  if (promised !== null) observed.set('ranking', rankingResiduals(all.pd, all.bad, promised));
  for (const segment of plan.segments) {
    const own = of(outcomes.filter((each) => each.segment === segment));
    observed.set(inSegment(segment, 'calibration'), calibrationResiduals(own.pd, own.bad));
  }
  return observed;
}

const SCORE = '\u0000score';

/** Values of the model's features, and of its log-odds, as numbers that can be ranked. */
function valuesOf(artefact: Artefact, rows: Dataset): ReadonlyMap<string, Float64Array> {
  const { logOdds, contributions } = scoreMatrix(artefact, rows, { contributions: true });
  const places = new Map(contributionNames(artefact).map((name, c) => [name, c]));
  const values = new Map<string, Float64Array>([[SCORE, logOdds]]);
  for (const { name } of artefact.model.terms) {
    const column = rows.columns.find((each) => each.name === name)!;
    const place = places.get(name);
    if (column.kind === 'number') values.set(name, column.values);
    else {
      const effect = place === undefined ? null : contributions[place]!;
      values.set(
        name,
        Float64Array.from(column.codes, (code, row) => (code < 0 ? Number.NaN : effect === null ? 0 : effect[row]!)),
      );
    }
  }
  return values;
}

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
