import type { FeatureDeclaration } from '../../features/specs/flat-spec.ts';
import type { Encoding } from '../artefact/glass-box.ts';
import type { CategoryColumn, FeatureColumn, NumberColumn } from '../dataset/dataset.ts';
import { numberEdges } from './number-edges.ts';

export interface BinningOptions {
  /** Ordinary bins of a number feature, at most. */
  readonly maxBins: number;
  /** Rows of an ordinary bin, at least. */
  readonly minRows: number;
  /** Levels of a category with a bin of their own, at most; the most frequent are kept. */
  readonly maxLevels: number;
  /** Rows of such a level, at least. */
  readonly minLevelRows: number;
}

/** Bins by the size of the data: about 3 times the square root of the rows, 16 to 200, so that a bin keeps enough rows to learn from. */
export function defaultBinning(rows: number): BinningOptions {
  return {
    maxBins: Math.min(200, Math.max(16, Math.round(3 * Math.sqrt(rows)))),
    minRows: rows < 5000 ? 3 : 5,
    maxLevels: 200,
    minLevelRows: rows < 5000 ? 5 : 10,
  };
}

/**
 * How the values of one feature become bins: codes with a meaning of their own keep a bin each, numbers are cut at weighted quantiles,
 * category levels with too few rows share the bin of unseen levels.
 */
export function fitEncoding(
  column: FeatureColumn,
  declaration: FeatureDeclaration,
  weight: Float64Array | null,
  options: BinningOptions,
): Encoding {
  return column.kind === 'number'
    ? fitNumbers(column, declaration, weight, options)
    : fitCategories(column, declaration, options);
}

function fitNumbers(
  column: NumberColumn,
  declaration: FeatureDeclaration,
  weight: Float64Array | null,
  options: BinningOptions,
): Encoding {
  const codes = declaration.codes.map(Number);
  const rows: number[] = [];
  column.values.forEach((value, row) => {
    if (Number.isFinite(value) && !codes.includes(value)) rows.push(row);
  });
  const values = Float64Array.from(rows, (row) => column.values[row]!);
  const weights = weight && Float64Array.from(rows, (row) => weight[row]!);
  return { kind: 'number', codes, edges: numberEdges(values, weights, options.maxBins, options.minRows) };
}

function fitCategories(column: CategoryColumn, declaration: FeatureDeclaration, options: BinningOptions): Encoding {
  const codes = declaration.codes.map(String);
  const counts = new Int32Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) counts[code]!++;
  const levels = column.levels
    .map((level, i) => ({ level, count: counts[i]! }))
    .filter(({ level, count }) => count >= options.minLevelRows && level !== '' && !codes.includes(level))
    .sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1))
    .slice(0, options.maxLevels)
    .map(({ level }) => level)
    .sort();
  return { kind: 'category', codes, levels };
}
