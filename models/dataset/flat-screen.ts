import type { Dataset, FeatureColumn } from './dataset.ts';

/** Something about training data that their owner should know, by feature where it has one. */
export interface DataWarning {
  readonly code: string;
  readonly feature: string | null;
  readonly message: string;
}

/**
 * Features of a training set that cannot teach: constant or wholly missing ones, and inferred ones that only name each row
 * (a declared one stays; training flags it).
 */
export function screenFeatures(
  dataset: Dataset,
  declared: boolean,
): { readonly leaveOut: ReadonlySet<string>; readonly warnings: readonly DataWarning[] } {
  const warnings: DataWarning[] = [];
  for (const column of dataset.columns) {
    const leaveOut = (code: string, message: string): void =>
      void warnings.push({ code, feature: column.name, message: `It ${message}; it is left out.` });
    const variety = varietyOf(column);
    if (variety === 'missing') leaveOut('ALL_MISSING', 'has no value in any row');
    else if (variety === 'constant') leaveOut('CONSTANT', 'has the same value in every row');
    else if (!declared && namesRows(column)) leaveOut('ID_LIKE', 'looks like an identifier of rows');
  }
  return { leaveOut: new Set(warnings.map(({ feature }) => feature ?? '')), warnings };
}

function varietyOf(column: FeatureColumn): 'missing' | 'constant' | 'varies' {
  const { values, absent } =
    column.kind === 'number'
      ? { values: column.values, absent: (value: number) => Number.isNaN(value) }
      : { values: column.codes, absent: (value: number) => value < 0 };
  const first = values[0];
  if (first === undefined) return 'missing';
  const firstAbsent = absent(first);
  for (const value of values) {
    if (absent(value) !== firstAbsent) return 'varies';
    if (!firstAbsent && value !== first) return 'varies';
  }
  return firstAbsent ? 'missing' : 'constant';
}

/** True for categories with nearly as many levels as rows, and for whole numbers that count rows: strictly rising, or each one once without gaps. */
function namesRows(column: FeatureColumn): boolean {
  if (column.kind === 'category') return column.codes.length >= 50 && column.levels.length >= 0.9 * column.codes.length;
  const { values } = column;
  if (values.length < 50) return false;
  let rising = true;
  let low = Infinity;
  let high = -Infinity;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (!Number.isInteger(value)) return false;
    if (row > 0 && !(value > (values[row - 1] as number))) rising = false;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (rising) return true;
  return high - low + 1 === values.length && new Set(values).size === values.length;
}
