import type { Artefact, FeatureValues } from '../artefact/glass-box.ts';
import type { FeatureMatrix } from '../dataset/dataset.ts';
import { scoreMatrix, type BatchScores } from './batch.ts';
import { levelBinner, numberBinner, numberOf } from './bins.ts';
import { logistic } from './logistic.ts';
import { toleratedRange } from './tolerance.ts';

/** Something about one input value that its reader should know; the value itself is never repeated. */
export interface ScoreFlag {
  readonly feature: string;
  /** `outside-range`: well beyond what training saw (`toleratedRange`); `unseen-level`: a category never seen; `not-understood`: no number or date, scored as missing. */
  readonly kind: 'outside-range' | 'unseen-level' | 'not-understood';
}

/** One score: `intercept + contributions[0] + contributions[1] + ...`, added in this order, is `logOdds` exactly. */
export interface Score {
  readonly logOdds: number;
  /** Probability of default within the artefact's horizon. */
  readonly pd: number;
  /** In the order of `Scorer.contributionNames`. */
  readonly contributions: readonly number[];
  /** Bin of each term's value, in the order of the artefact's terms. */
  readonly bins: readonly number[];
  readonly flags: readonly ScoreFlag[];
}

/** An artefact made ready to score; pure and safe to share. */
export interface Scorer {
  readonly artefact: Artefact;
  readonly intercept: number;
  /** Names of the features that it reads, in the order of terms. */
  readonly features: readonly string[];
  /** A feature's name for each term, then `a × b` for each pair. */
  readonly contributionNames: readonly string[];
  score(values: FeatureValues): Score;
  /** The bins of a score alone. */
  binsOf(values: FeatureValues): readonly number[];
  /** The log-odds of a row with these bins, to the last bit those of its score. */
  logOddsOf(bins: ArrayLike<number>): number;
  /** Scores every row of a matrix; columns are found by name. Throws INVALID_INPUT where one is absent or of another kind. */
  scoreMatrix(matrix: FeatureMatrix, options?: { readonly contributions?: boolean }): BatchScores;
}

/** Names of the contributions of an artefact, in order: each term by its feature, each pair as `a × b`. */
export function contributionNames(artefact: Artefact): string[] {
  const { terms, pairs } = artefact.model;
  const name = (index: number): string => terms[index]?.name ?? '';
  return [...terms.map((term) => term.name), ...pairs.map((pair) => `${name(pair.a)} × ${name(pair.b)}`)];
}

interface CompiledTerm {
  readonly name: string;
  readonly shape: Float64Array;
  readonly binOf: (value: number | string | null | undefined, flags: ScoreFlag[]) => number;
}

function compileTerm(term: Artefact['model']['terms'][number]): CompiledTerm {
  const { name, encoding, type } = term;
  const shape = Float64Array.from(term.shape);
  if (encoding.kind === 'category') {
    const bin = levelBinner(encoding);
    const unseen = shape.length - 1;
    return {
      name,
      shape,
      binOf: (value, flags) => {
        const found = bin(typeof value === 'string' ? value : levelOf(value));
        if (found === unseen) flags.push({ feature: name, kind: 'unseen-level' });
        return found;
      },
    };
  }
  const bin = numberBinner(encoding);
  const firstOrdinary = 1 + encoding.codes.length;
  const [low, high] = toleratedRange(term) ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    name,
    shape,
    binOf: (value, flags) => {
      const number = typeof value === 'number' ? value : numberOf(value, type);
      if (number === undefined) {
        flags.push({ feature: name, kind: 'not-understood' });
        return 0;
      }
      const found = bin(number);
      if (found >= firstOrdinary && (number < low || number > high)) {
        flags.push({ feature: name, kind: 'outside-range' });
      }
      return found;
    },
  };
}

/** A number given for a category is its text; NaN is missing. */
function levelOf(value: number | null | undefined): string | null {
  return value === null || value === undefined || Number.isNaN(value) ? null : String(value);
}

/** Makes an artefact ready to score: typed arrays, binary search, hashed levels. A row takes microseconds. */
export function compile(artefact: Artefact): Scorer {
  const { intercept } = artefact.model;
  const terms = artefact.model.terms.map(compileTerm);
  const pairs = artefact.model.pairs.map((pair) => ({
    a: pair.a,
    b: pair.b,
    columns: pair.values[0]?.length ?? 0,
    rowOf: Int32Array.from(pair.rowOf),
    columnOf: Int32Array.from(pair.columnOf),
    values: Float64Array.from(pair.values.flat()),
  }));
  const names = contributionNames(artefact);
  const binned = (values: FeatureValues, flags: ScoreFlag[]): number[] => {
    const bins: number[] = [];
    for (const { name, binOf } of terms)
      bins.push(binOf(Object.hasOwn(values, name) ? values[name] : undefined, flags));
    return bins;
  };
  return {
    artefact,
    intercept,
    features: terms.map((term) => term.name),
    contributionNames: names,
    binsOf: (values) => binned(values, []),
    logOddsOf(bins) {
      let logOdds = intercept;
      for (let t = 0; t < terms.length; t++) logOdds += (terms[t] as CompiledTerm).shape[bins[t] as number] as number;
      for (let p = 0; p < pairs.length; p++) {
        const { a, b, rowOf, columnOf, values, columns } = pairs[p] as (typeof pairs)[number];
        const row = rowOf[bins[a] as number] as number;
        logOdds += values[row * columns + (columnOf[bins[b] as number] as number)] as number;
      }
      return logOdds;
    },
    score(values) {
      const flags: ScoreFlag[] = [];
      const bins = binned(values, flags);
      // Plain arrays: typed ones of this length lie outside the heap, and making them takes longer than filling them.
      const contributions: number[] = [];
      let logOdds = intercept;
      for (let t = 0; t < terms.length; t++) {
        const term = terms[t] as CompiledTerm;
        const contribution = term.shape[bins[t] as number] as number;
        contributions.push(contribution);
        logOdds += contribution;
      }
      for (let p = 0; p < pairs.length; p++) {
        const pair = pairs[p] as (typeof pairs)[number];
        const row = pair.rowOf[bins[pair.a] as number] as number;
        const column = pair.columnOf[bins[pair.b] as number] as number;
        const contribution = pair.values[row * pair.columns + column] as number;
        contributions.push(contribution);
        logOdds += contribution;
      }
      return { logOdds, pd: logistic(logOdds), contributions, bins, flags };
    },
    scoreMatrix: (matrix, options = {}) => scoreMatrix(artefact, matrix, options),
  };
}
