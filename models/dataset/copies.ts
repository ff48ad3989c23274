import type { Dataset } from './dataset.ts';
import type { DataWarning } from './flat-screen.ts';
import { makeDataset } from './make.ts';

/** Least share of copies that is told. */
const TOLD = 0.01;
/** Rows coincide by chance where the features have few values: copies count only where values could be combined in this many ways for each different row. */
const COMBINATIONS_PER_ROW = 100;

/**
 * Rows that repeat an earlier one in every feature and the outcome. Where they are too many to be chance they are told, and each is put into
 * the customer of the row that it repeats, so that no fold is tested on a row that it was trained on. The data are else left as they are.
 */
export function keepCopiesTogether(dataset: Dataset): { readonly dataset: Dataset; readonly warnings: DataWarning[] } {
  const first = firstAlike(dataset);
  const copies = first.reduce((sum, of, row) => sum + (of === row ? 0 : 1), 0);
  if (copies < TOLD * dataset.rows || !isNoChance(dataset, dataset.rows - copies)) return { dataset, warnings: [] };
  const share = ((100 * copies) / dataset.rows).toFixed(1);
  const message = `${copies} of ${dataset.rows} rows (${share} %) repeat another row in every feature and the outcome. Copies are kept in one fold, so that out-of-fold figures do not profit from them; remove them, or name the customer's column under \`group\`.`;
  const { hash: _, ...parts } = dataset;
  return {
    dataset: makeDataset({ ...parts, group: joined(dataset, first) }),
    warnings: [{ code: 'DUPLICATE_ROWS', feature: null, message }],
  };
}

/** For each row, the first one that is alike. */
function firstAlike(dataset: Dataset): Int32Array {
  const { rows, bad } = dataset;
  const columns = dataset.columns.map((column) => (column.kind === 'number' ? column.values : column.codes));
  const low = new Uint32Array(rows);
  const high = new Uint32Array(rows);
  const bits = new DataView(new ArrayBuffer(8));
  const mix = (row: number, value: number): void => {
    low[row] = Math.imul(low[row]! ^ value, 0x9e3779b1) ^ (low[row]! >>> 15);
    high[row] = Math.imul(high[row]! ^ value, 0x85ebca6b) ^ (high[row]! >>> 13);
  };
  for (const column of [...columns, bad]) {
    for (let row = 0; row < rows; row++) {
      bits.setFloat64(0, column[row]! + 0);
      mix(row, bits.getInt32(0));
      mix(row, bits.getInt32(4));
    }
  }
  const alike = (a: number, b: number): boolean =>
    bad[a] === bad[b] && columns.every((column) => Object.is(column[a]! + 0, column[b]! + 0));
  const seen = new Map<number, number>();
  return Int32Array.from(low, (value, row) => {
    const key = value * 0x200000 + (high[row]! >>> 11);
    const earlier = seen.get(key);
    if (earlier !== undefined && alike(earlier, row)) return earlier;
    if (earlier === undefined) seen.set(key, row);
    return row;
  });
}

function isNoChance(dataset: Dataset, different: number): boolean {
  const needed = Math.log(COMBINATIONS_PER_ROW * different);
  let ways = 0;
  for (const column of dataset.columns) {
    const distinct = new Set<number>();
    for (const value of column.kind === 'number' ? column.values : column.codes) {
      distinct.add(value);
      if (distinct.size >= 1000) break;
    }
    ways += Math.log(distinct.size);
    if (ways >= needed) return true;
  }
  return false;
}

/** Customers, joined where they share a row. */
function joined({ rows, group }: Dataset, first: Int32Array): Int32Array {
  const customer = (row: number): number => (group === null ? row : group[row]!);
  const parent = new Map<number, number>();
  const root = (of: number): number => {
    let at = of;
    for (let next = parent.get(at); next !== undefined; next = parent.get(at)) at = next;
    return at;
  };
  for (let row = 0; row < rows; row++) {
    const [a, b] = [root(customer(row)), root(customer(first[row]!))];
    if (a !== b) parent.set(Math.max(a, b), Math.min(a, b));
  }
  return Int32Array.from({ length: rows }, (_, row) => root(customer(row)));
}
