import type { Artefact, FeatureTerm, PairTerm } from '../artefact/glass-box.ts';
import type { FeatureColumn, FeatureMatrix } from '../dataset/dataset.ts';
import { levelBinner, numberBinner } from '../scoring/index.ts';
import { neighbour } from './ulp.ts';

/** A value that an engine may be given: null is missing, so is NaN, so is empty text. */
export type GoldenValue = number | string | null;

/** Rows on which every engine must agree: one value per term, in the order of the artefact's terms. */
export interface GoldenVectors {
  readonly rows: readonly (readonly GoldenValue[])[];
}

/**
 * The hard values of a term. Numbers: missing, NaN, both zeros, infinities, the largest doubles, each special code and each bin edge with
 * its neighbours one ulp each side. Categories: missing, empty, every code and level, look-alikes of them, and levels never seen.
 */
export function hardValues(term: FeatureTerm): GoldenValue[] {
  const { encoding } = term;
  if (encoding.kind === 'number') {
    const around = [...encoding.codes, ...encoding.edges].flatMap((edge) => [
      neighbour(edge, false),
      edge,
      neighbour(edge, true),
    ]);
    const limits = [
      0,
      -0,
      Infinity,
      -Infinity,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      Number.MIN_VALUE,
      -Number.MIN_VALUE,
    ];
    return [null, Number.NaN, ...limits, ...around, ...(term.range ?? [])];
  }
  const known = [...encoding.codes, ...encoding.levels];
  const unseen = ['\u{1F642} never seen', ' ', 'NULL', "'", '"', '\\', '中文', 'never seen'];
  const lookAlikes = known
    .slice(0, 50)
    .flatMap((level) => [`${level} `, ` ${level}`, level.toUpperCase(), level.toLowerCase()]);
  return [null, '', ...known, ...unseen, ...lookAlikes];
}

/** A value that falls into each bin of a term, where one exists (a bin may be shadowed by a special code). */
function valueOfBins(term: FeatureTerm): Map<number, GoldenValue> {
  const { encoding } = term;
  const values = new Map<number, GoldenValue>();
  const remember = (bin: number, value: GoldenValue): void => {
    if (!values.has(bin)) values.set(bin, value);
  };
  if (encoding.kind === 'number') {
    const bin = numberBinner(encoding);
    remember(0, null);
    for (const value of hardValues(term)) if (typeof value === 'number') remember(bin(value), value);
  } else {
    const bin = levelBinner(encoding);
    for (const value of hardValues(term)) if (typeof value !== 'number') remember(bin(value), value);
  }
  return values;
}

/** Each cell of a pair that values can reach, as values of its two terms. */
function cellsOf(pair: PairTerm, a: FeatureTerm, b: FeatureTerm): (readonly [GoldenValue, GoldenValue])[] {
  const firstOf = (groupOf: readonly number[], term: FeatureTerm): GoldenValue[] => {
    const seen = new Map<number, GoldenValue>();
    for (const [bin, value] of valueOfBins(term)) {
      const group = groupOf[bin] ?? 0;
      if (!seen.has(group)) seen.set(group, value);
    }
    return [...seen.values()];
  };
  const columns = firstOf(pair.columnOf, b);
  return firstOf(pair.rowOf, a).flatMap((row) => columns.map((column) => [row, column] as const));
}

/**
 * The golden vectors of an artefact: each hard value of each term, the other terms walking through theirs meanwhile, and each cell of each
 * pair. Wholly determined by the artefact.
 */
export function goldenVectors(artefact: Artefact): GoldenVectors {
  const { terms, pairs } = artefact.model;
  const hard = terms.map(hardValues);
  const rows: GoldenValue[][] = [];
  const filler = (row: number): GoldenValue[] =>
    hard.map((values, t) => values[(row * (2 * t + 1) + t) % values.length] ?? null);
  hard.forEach((values, t) => {
    for (const value of values) {
      const row = filler(rows.length);
      row[t] = value;
      rows.push(row);
    }
  });
  for (const pair of pairs) {
    const [a, b] = [terms[pair.a], terms[pair.b]];
    if (!a || !b) continue;
    for (const [rowValue, columnValue] of cellsOf(pair, a, b)) {
      const row = filler(rows.length);
      row[pair.a] = rowValue;
      row[pair.b] = columnValue;
      rows.push(row);
    }
  }
  return { rows };
}

/** Golden vectors as a matrix, for engines that work by column; empty text stays a level, so that engines must treat it as missing. */
export function goldenMatrix(artefact: Artefact, vectors: GoldenVectors): FeatureMatrix {
  const columns = artefact.model.terms.map((term, t): FeatureColumn => {
    const values = vectors.rows.map((row) => row[t] ?? null);
    if (term.encoding.kind === 'number') {
      return {
        kind: 'number',
        name: term.name,
        values: Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN)),
      };
    }
    const codeOf = new Map<string, number>();
    const codes = Int32Array.from(values, (value) => {
      if (typeof value !== 'string') return -1;
      const code = codeOf.get(value) ?? codeOf.size;
      codeOf.set(value, code);
      return code;
    });
    return { kind: 'category', name: term.name, levels: [...codeOf.keys()], codes };
  });
  return { rows: vectors.rows.length, columns };
}
