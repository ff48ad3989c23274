import type { FeatureDeclaration } from '../../features/specs/flat-spec.ts';
import type { FeatureColumn, FeatureMatrix } from '../dataset/dataset.ts';

/** What became of one feature: how its cells turn into columns of a linear model. */
type Coder =
  | {
      readonly kind: 'number';
      readonly name: string;
      /** Values are cut to the 1st and 99th percentile of training, then standardised; what is missing or a special code counts as the mean. */
      readonly low: number;
      readonly high: number;
      readonly mean: number;
      readonly deviation: number;
      readonly codes: readonly number[];
      /** Whether missing values get an indicator. */
      readonly missing: boolean;
    }
  | { readonly kind: 'category'; readonly name: string; readonly levels: readonly string[]; readonly missing: boolean };

/** How rows become the columns of a plain linear model, as found on training rows. */
export type Design = readonly Coder[];

/** The design that training rows suggest: one column for a number, indicators for missing values, special codes and frequent levels (at least 1 %, at most 30). */
export function fitDesign(matrix: FeatureMatrix, features: readonly FeatureDeclaration[]): Design {
  return matrix.columns.map((column, c): Coder => {
    if (column.kind === 'number') return numberCoder(column.name, column.values, features[c]?.codes ?? []);
    const counts = new Map<number, number>();
    for (const code of column.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    const levels = [...counts]
      .filter(([code, count]) => code >= 0 && count >= 0.01 * matrix.rows)
      .sort(([a, many], [b, few]) => few - many || a - b)
      .slice(0, 31)
      .map(([code]) => column.levels[code]!);
    // The most frequent level is the baseline.
    return { kind: 'category', name: column.name, levels: levels.slice(1), missing: counts.has(-1) };
  });
}

function numberCoder(name: string, values: Float64Array, declared: readonly (number | string)[]): Coder {
  const codes = declared.filter((code) => typeof code === 'number');
  const ordinary = values.filter((value) => !Number.isNaN(value) && !codes.includes(value)).sort();
  const at = (share: number): number => ordinary[Math.floor(share * (ordinary.length - 1))] ?? 0;
  const [low, high] = [at(0.01), at(0.99)];
  let sum = 0;
  let squares = 0;
  for (const value of ordinary) sum += Math.min(high, Math.max(low, value));
  const mean = ordinary.length > 0 ? sum / ordinary.length : 0;
  for (const value of ordinary) squares += (Math.min(high, Math.max(low, value)) - mean) ** 2;
  const deviation = Math.sqrt(squares / Math.max(1, ordinary.length)) || 1;
  return { kind: 'number', name, low, high, mean, deviation, codes, missing: values.some(Number.isNaN) };
}

/** The columns of the linear model for some rows. */
export function designColumns(design: Design, matrix: FeatureMatrix): Float64Array[] {
  const byName = new Map(matrix.columns.map((column) => [column.name, column]));
  return design.flatMap((coder) => codeColumn(coder, byName.get(coder.name), matrix.rows));
}

function codeColumn(coder: Coder, column: FeatureColumn | undefined, rows: number): Float64Array[] {
  const indicator = (holds: (row: number) => boolean): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => (holds(row) ? 1 : 0));
  if (coder.kind === 'number') {
    const values = column?.kind === 'number' ? column.values : new Float64Array(rows).fill(Number.NaN);
    const { low, high, mean, deviation, codes } = coder;
    const line = values.map((value) =>
      Number.isNaN(value) || codes.includes(value) ? 0 : (Math.min(high, Math.max(low, value)) - mean) / deviation,
    );
    return [
      line,
      ...(coder.missing ? [indicator((row) => Number.isNaN(values[row]))] : []),
      ...codes.map((code) => indicator((row) => values[row] === code)),
    ];
  }
  const codes = column?.kind === 'category' ? column.codes : new Int32Array(rows).fill(-1);
  const levels = column?.kind === 'category' ? column.levels : [];
  return [
    ...coder.levels.map((level) => {
      const wanted = levels.indexOf(level);
      return indicator((row) => wanted >= 0 && codes[row] === wanted);
    }),
    ...(coder.missing ? [indicator((row) => codes[row] === -1)] : []),
  ];
}
