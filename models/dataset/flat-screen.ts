import type { Dataset, FeatureColumn } from './dataset.ts';

/** Something about training data that their owner should know, by feature where it has one. */
export interface DataWarning {
  readonly code: string;
  readonly feature: string | null;
  readonly message: string;
}

/** AUC of a single feature from which on it looks like the outcome under another name. */
const LEAK_AUC = 0.99;
const SAMPLE_ROWS = 100_000;

/**
 * Looks through the features of a training set: constant or wholly missing ones and those that name each row are left out (a declared one
 * that names rows stays), those whose values alone tell bad from good are named as possible leaks.
 */
export function screenFeatures(
  dataset: Dataset,
  declared: boolean,
): { readonly leaveOut: ReadonlySet<string>; readonly warnings: readonly DataWarning[] } {
  const leaveOut = new Set<string>();
  const warnings: DataWarning[] = [];
  for (const column of dataset.columns) {
    const warn = (code: string, message: string): void => void warnings.push({ code, feature: column.name, message });
    const variety = varietyOf(column);
    if (variety !== 'varies') {
      leaveOut.add(column.name);
      if (variety === 'missing') warn('ALL_MISSING', `${column.name} has no value in any row; it is left out.`);
      else warn('CONSTANT', `${column.name} has the same value in every row; it is left out.`);
    } else if (namesRows(column)) {
      if (!declared) leaveOut.add(column.name);
      const kept = declared ? 'it is kept, since the spec declares it' : 'it is left out';
      warn('ID_LIKE', `${column.name} looks like an identifier of rows; ${kept}.`);
    } else {
      const auc = singleAuc(column, dataset.bad);
      if (auc >= LEAK_AUC) {
        warn(
          'LEAK',
          `${column.name} alone tells bad from good (AUC ${auc.toFixed(4)}); it may be a result of the default. Exclude it if it is not known at the observation date.`,
        );
      }
    }
  }
  return { leaveOut, warnings };
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

/** AUC of the outcome ordered by one feature, in whichever direction is better; a category's levels are ordered by their bad rates. */
function singleAuc(column: FeatureColumn, bad: Uint8Array): number {
  const step = Math.ceil(bad.length / SAMPLE_ROWS);
  const rows = Int32Array.from({ length: Math.ceil(bad.length / step) }, (_, i) => i * step);
  const key =
    column.kind === 'number' ? numberKeys(column.values, bad) : levelKeys(column.codes, column.levels.length, bad);
  if (key === null) return 0.5;
  const order = rows.sort((a, b) => (key[a] as number) - (key[b] as number));
  let bads = 0;
  let goods = 0;
  let above = 0;
  for (let i = 0; i < order.length;) {
    let tiedBads = 0;
    let tiedGoods = 0;
    const value = key[order[i] as number];
    for (; i < order.length && key[order[i] as number] === value; i++) {
      if (bad[order[i] as number] === 1) tiedBads++;
      else tiedGoods++;
    }
    above += tiedBads * (goods + tiedGoods / 2);
    bads += tiedBads;
    goods += tiedGoods;
  }
  if (bads === 0 || goods === 0) return 0.5;
  const auc = above / (bads * goods);
  return Math.max(auc, 1 - auc);
}

/** Numbers as they are; missing ones at the end that fits their bad rate. */
function numberKeys(values: Float64Array, bad: Uint8Array): Float64Array {
  let [missing, missingBad, sumBad, sum, count] = [0, 0, 0, 0, 0];
  const bads = bad.reduce((total, value) => total + value, 0);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (Number.isNaN(value)) {
      missing++;
      missingBad += bad[row] as number;
    } else if (Math.abs(value) < 1e300) {
      sum += value;
      count++;
      if (bad[row] === 1) sumBad += value;
    }
  }
  if (missing === 0) return values;
  const badHigh = sumBad / Math.max(1, bads - missingBad) >= sum / Math.max(1, count);
  const missingIsBad = missingBad / missing > bads / values.length;
  const end = badHigh === missingIsBad ? Infinity : -Infinity;
  return values.map((value) => (Number.isNaN(value) ? end : value));
}

/** Each row's level by its bad rate; null where levels are too many to tell a leak from chance. */
function levelKeys(codes: Int32Array, levels: number, bad: Uint8Array): Float64Array | null {
  if (levels * 20 > codes.length) return null;
  const rows = new Float64Array(levels + 1);
  const bads = new Float64Array(levels + 1);
  codes.forEach((code, row) => {
    rows[code + 1] = (rows[code + 1] as number) + 1;
    bads[code + 1] = (bads[code + 1] as number) + (bad[row] as number);
  });
  return Float64Array.from(codes, (code) => (bads[code + 1] as number) / (rows[code + 1] as number));
}
