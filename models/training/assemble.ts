import type { FeatureDeclaration } from '../../features/specs/flat-spec.ts';
import type { Calibration, Encoding, FeatureTerm, GlassBox, PairTerm } from '../artefact/glass-box.ts';
import { onGrain } from '../artefact/grain.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { copyTables } from './boost.ts';
import { pairCells, type BinnedRows, type PairLayout, type Tables } from './layout.ts';

/**
 * The finished model. Tables are calibrated and rounded to multiples of 2^-36; then pairs are purified (Lengerich et al. 2020: the
 * part of a pair that one feature explains moves into that feature's shape) and shapes are centred, so that the intercept carries the base rate.
 * All of that moves multiples of the grain about, which is exact: the function stays the same to the last bit, and with it every
 * monotone direction.
 */
export function assemble(
  dataset: Dataset,
  encodings: readonly Encoding[],
  data: BinnedRows,
  pairs: readonly PairLayout[],
  fitted: Tables,
  bags: readonly Tables[],
  folds: number,
  calibration: Calibration,
): GlassBox {
  const supports = data.bins.map((column, t) => supportOf(column, fitted.terms[t]!.length, data.weight));
  const pairSupports = pairs.map((pair, p) =>
    supportOf(pairCells(pair, data.bins), fitted.pairs[p]!.length, data.weight),
  );
  const tables = calibrated(fitted, calibration);
  tables.terms.forEach((table, t) => fillUnsupported(table, supports[t]!));
  for (const table of [...tables.terms, ...tables.pairs]) table.forEach((value, b) => (table[b] = onGrain(value)));
  tables.intercept = onGrain(tables.intercept);
  pairs.forEach((pair, p) => {
    purify(pair, tables, p, pairSupports[p]!);
  });
  tables.terms.forEach((table, t) => {
    const mean = onGrain(weightedMean(table, supports[t]!));
    table.forEach((value, b) => (table[b] = value - mean + 0));
    tables.intercept += mean;
  });
  const pureBags = bags.map((bag) => {
    const pure = copyTables(bag);
    pairs.forEach((pair, p) => purify(pair, pure, p, pairSupports[p]!));
    return pure;
  });
  const bands = bandsOf(pureBags, folds, supports, calibration.slope);
  return {
    intercept: tables.intercept,
    terms: dataset.features.map((declaration, t) =>
      featureTerm(declaration, dataset, t, encodings[t]!, tables.terms[t]!, supports[t]!, bands?.[t] ?? null),
    ),
    pairs: pairs.map((pair, p) => pairTerm(pair, tables.pairs[p]!)),
  };
}

function calibrated(fitted: Tables, { slope, intercept, centralTendency }: Calibration): Tables {
  const tables = copyTables(fitted);
  tables.intercept = slope * tables.intercept + intercept + (centralTendency?.intercept ?? 0);
  for (const table of [...tables.terms, ...tables.pairs]) table.forEach((value, b) => (table[b] = slope * value));
  return tables;
}

export function supportOf(cells: Uint16Array, size: number, weight: Float64Array | null): Float64Array {
  const support = new Float64Array(size);
  for (let i = 0; i < cells.length; i++) support[cells[i]!]! += weight === null ? 1 : weight[i]!;
  return support;
}

function weightedMean(table: Float64Array, support: Float64Array): number {
  let sum = 0;
  let mass = 0;
  table.forEach((value, b) => {
    sum += value * support[b]!;
    mass += support[b]!;
  });
  return mass > 0 ? sum / mass : 0;
}

/** Bins that no row fell into (an unseen level, missing where nothing was) take the average. */
function fillUnsupported(table: Float64Array, support: Float64Array): void {
  const mean = weightedMean(table, support);
  table.forEach((_, b) => {
    if (support[b] === 0) table[b] = mean;
  });
}

/** Moves what one feature explains of a pair into that feature's shape, by the rows in each cell; the function stays. */
export function purify(pair: PairLayout, tables: Tables, p: number, support: Float64Array): void {
  const table = tables.pairs[p]!;
  const rows = pair.a.bins;
  const width = pair.b.bins;
  const shiftA = new Float64Array(rows);
  const shiftB = new Float64Array(width);
  const columnMass = new Float64Array(width);
  const rowMass = new Float64Array(rows);
  support.forEach((mass, cell) => {
    rowMass[Math.floor(cell / width)]! += mass;
    columnMass[cell % width]! += mass;
  });
  for (let sweep = 0; sweep < 200; sweep++) {
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      let mass = 0;
      for (let j = 0; j < width; j++) {
        const w = rowMass[i]! > 0 ? support[i * width + j]! : columnMass[j]!;
        sum += w * table[i * width + j]!;
        mass += w;
      }
      const mean = onGrain(mass > 0 ? sum / mass : 0);
      largest = Math.max(largest, Math.abs(mean));
      shiftA[i]! += mean;
      for (let j = 0; j < width; j++) table[i * width + j]! -= mean;
    }
    for (let j = 0; j < width; j++) {
      let sum = 0;
      let mass = 0;
      for (let i = 0; i < rows; i++) {
        const w = columnMass[j]! > 0 ? support[i * width + j]! : rowMass[i]!;
        sum += w * table[i * width + j]!;
        mass += w;
      }
      const mean = onGrain(mass > 0 ? sum / mass : 0);
      largest = Math.max(largest, Math.abs(mean));
      shiftB[j]! += mean;
      for (let i = 0; i < rows; i++) table[i * width + j]! -= mean;
    }
    if (largest < 1e-9) break;
  }
  tables.terms[pair.a.term]!.forEach((_, b, shape) => (shape[b]! += shiftA[pair.a.coarse[b]!]!));
  tables.terms[pair.b.term]!.forEach((_, b, shape) => (shape[b]! += shiftB[pair.b.coarse[b]!]!));
}

/** Half widths of 95 % bands from the bags, each of which lacks one fold: the grouped jackknife (Shao and Tu 1995, 2.3), its
 variance averaged over the splits into folds. */
function bandsOf(
  bags: readonly Tables[],
  folds: number,
  supports: readonly Float64Array[],
  slope: number,
): Float64Array[] | null {
  if (bags.length < 2) return null;
  return supports.map((support, t) => {
    const centred = bags.map((bag) => {
      const mean = weightedMean(bag.terms[t]!, support);
      return bag.terms[t]!.map((value) => value - mean);
    });
    return support.map((_, b) => {
      const mean = centred.reduce((sum, shape) => sum + shape[b]!, 0) / bags.length;
      const squares = centred.reduce((sum, shape) => sum + (shape[b]! - mean) ** 2, 0);
      return onGrain(1.96 * slope * Math.sqrt((folds - 1) * (squares / bags.length)));
    });
  });
}

function featureTerm(
  declaration: FeatureDeclaration,
  dataset: Dataset,
  t: number,
  encoding: Encoding,
  shape: Float64Array,
  support: Float64Array,
  band: Float64Array | null,
): FeatureTerm {
  const column = dataset.columns[t]!;
  let range: [number, number] | null = null;
  let whole = declaration.type === 'number';
  if (column.kind === 'number' && encoding.kind === 'number') {
    for (const value of column.values) {
      if (!Number.isFinite(value) || encoding.codes.includes(value)) continue;
      range ??= [value, value];
      if (value < range[0]) range[0] = value;
      if (value > range[1]) range[1] = value;
      whole &&= Number.isInteger(value);
    }
  }
  const display = declaration.display ?? (whole && range ? 'whole' : undefined);
  return {
    name: declaration.name,
    type: declaration.type,
    encoding,
    shape: Array.from(shape),
    support: Array.from(support),
    band: band && Array.from(band),
    monotone: column.kind === 'number' ? declaration.monotone : null,
    range,
    label: declaration.label,
    ...(display ? { display } : {}),
  };
}

function pairTerm(pair: PairLayout, table: Float64Array): PairTerm {
  const width = pair.b.bins;
  return {
    a: pair.a.term,
    b: pair.b.term,
    rowOf: Array.from(pair.a.coarse),
    columnOf: Array.from(pair.b.coarse),
    values: Array.from({ length: pair.a.bins }, (_, i) =>
      Array.from(table.subarray(i * width, (i + 1) * width), (value) => value + 0),
    ),
  };
}
