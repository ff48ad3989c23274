import type { CategoryEncoding, Encoding, NumberEncoding } from '../artefact/glass-box.ts';
import type { CategoryColumn, FeatureColumn, NumberColumn } from '../dataset/dataset.ts';
import { binAmong } from './number-edges.ts';

/** Number of bins of an encoding: missing, special codes, ordinary bins (and unseen, for categories). */
export function binCount(encoding: Encoding): number {
  const ordinary = encoding.kind === 'number' ? encoding.edges.length + 1 : encoding.levels.length + 1;
  return 1 + encoding.codes.length + ordinary;
}

/** Index of the first ordinary bin. */
export function firstOrdinary(encoding: Encoding): number {
  return 1 + encoding.codes.length;
}

/** Bin index of each row of a column, as `Encoding` defines it. */
export function encodeColumn(column: FeatureColumn, encoding: Encoding): Uint16Array {
  if (column.kind === 'number' && encoding.kind === 'number') return encodeNumbers(column, encoding);
  if (column.kind === 'category' && encoding.kind === 'category') return encodeCategories(column, encoding);
  throw new TypeError(`column ${column.name} is a ${column.kind}, its encoding is for a ${encoding.kind}`);
}

function encodeNumbers(column: NumberColumn, encoding: NumberEncoding): Uint16Array {
  const { codes } = encoding;
  const edges = Float64Array.from(encoding.edges);
  const first = 1 + codes.length;
  const bins = new Uint16Array(column.values.length);
  for (let row = 0; row < bins.length; row++) {
    const value = column.values[row]!;
    if (Number.isNaN(value)) continue;
    const code = codes.length === 0 ? -1 : codes.indexOf(value);
    if (code >= 0) {
      bins[row] = 1 + code;
      continue;
    }
    bins[row] = first + binAmong(edges, value);
  }
  return bins;
}

function encodeCategories(column: CategoryColumn, encoding: CategoryEncoding): Uint16Array {
  const first = 1 + encoding.codes.length;
  const unseen = first + encoding.levels.length;
  const binOfText = new Map<string, number>();
  encoding.levels.forEach((level, i) => binOfText.set(level, first + i));
  encoding.codes.forEach((code, i) => binOfText.set(code, 1 + i));
  binOfText.set('', 0);
  const binOfLevel = column.levels.map((level) => binOfText.get(level) ?? unseen);
  return Uint16Array.from(column.codes, (code) => (code < 0 ? 0 : binOfLevel[code]!));
}
