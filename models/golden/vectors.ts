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
 * The golden vectors of an artefact: rows that together hold each hard value of each term, and each cell of each pair. All terms walk
 * through their values at once, twice with different strides, so that values meet in different company; pairs without a common term
 * walk through their cells at once. Wholly determined by the artefact.
 */
export function goldenVectors(artefact: Artefact): GoldenVectors {
  const { terms, pairs } = artefact.model;
  const hard = terms.map(hardValues);
  const rows: GoldenValue[][] = [];
  const longest = Math.max(1, ...hard.map((values) => values.length));
  for (let row = 0; row < longest; row++) rows.push(hard.map((values, t) => values[(row + t) % values.length] ?? null));
  const filler = (row: number): GoldenValue[] =>
    hard.map((values, t) => values[(row * (2 * t + 1) + t) % values.length] ?? null);
  for (let row = 0; row < longest; row++) rows.push(filler(row));
  for (const group of withoutCommonTerms(pairs)) {
    const cells = group.map((pair) => {
      const [a, b] = [terms[pair.a], terms[pair.b]];
      return a && b ? cellsOf(pair, a, b) : [];
    });
    const most = Math.max(0, ...cells.map((all) => all.length));
    for (let cell = 0; cell < most; cell++) {
      const row = filler(rows.length);
      group.forEach((pair, p) => {
        const values = cells[p]?.[cell];
        if (values) [row[pair.a], row[pair.b]] = [values[0], values[1]];
      });
      rows.push(row);
    }
  }
  return { rows };
}

/** Pairs in groups whose members share no term: each joins the first group that it fits. */
function withoutCommonTerms(pairs: readonly PairTerm[]): readonly (readonly PairTerm[])[] {
  const groups: { readonly pairs: PairTerm[]; readonly terms: Set<number> }[] = [];
  for (const pair of pairs) {
    let group = groups.find(({ terms }) => !terms.has(pair.a) && !terms.has(pair.b));
    if (!group) {
      group = { pairs: [], terms: new Set() };
      groups.push(group);
    }
    group.pairs.push(pair);
    group.terms.add(pair.a).add(pair.b);
  }
  return groups.map((group) => group.pairs);
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
