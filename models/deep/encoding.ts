import type { Monotone } from '../../features/specs/flat-spec.ts';
import { fitEncoding, numberEdges } from '../binning/index.ts';
import type { Dataset, FeatureColumn, NumberColumn } from '../dataset/dataset.ts';
import { levelBinner } from '../scoring/bins.ts';
import { binAmong } from '../binning/number-edges.ts';
import type { DeepFeature, PiecewiseEncoding } from './deep-model.ts';
import type { DeepOptions } from './options.ts';
import { levelRowsFor, piecesFor, shrinkageFor } from './options.ts';

/** Rows of one feature as the networks read them: the indicator that holds (or -1), and for a number how many pieces lie below, and the share of the next. */
export interface EncodedColumn {
  readonly indicator: Int16Array;
  readonly piece: Int16Array;
  readonly share: Float64Array;
}

/** Where a feature's inputs lie: indicators and pieces among the free inputs, or pieces among the directed ones. */
export interface InputPlace {
  readonly indicators: number;
  /** Offset of the first indicator among the free inputs. */
  readonly at: number;
  readonly pieces: number;
  /** Offset of the first piece, among the directed inputs where `direction` is not 0. */
  readonly piecesAt: number;
  readonly direction: -1 | 0 | 1;
}

export interface InputLayout {
  readonly places: readonly InputPlace[];
  readonly free: number;
  readonly directed: number;
}

/** Number of indicators of a feature: missing and codes, and for a category each level and the unseen one. */
export function indicatorsOf({ encoding }: Pick<DeepFeature, 'encoding'>): number {
  const special = 1 + encoding.codes.length;
  return encoding.kind === 'number' ? special : special + encoding.levels.length + 1;
}

/** Number of pieces of a feature: of a number, between its points. */
export function piecesOf({ encoding }: Pick<DeepFeature, 'encoding'>): number {
  return encoding.kind === 'number' ? Math.max(0, encoding.points.length - 1) : 0;
}

/** Where the inputs of all features lie; `monotone` is the declared direction of each, null where it has none. */
export function layoutOf(
  features: readonly Pick<DeepFeature, 'encoding'>[],
  monotone: readonly (Monotone | null)[],
): InputLayout {
  let free = 0;
  let directed = 0;
  const places = features.map((feature, f): InputPlace => {
    const indicators = indicatorsOf(feature);
    const pieces = piecesOf(feature);
    const declared = feature.encoding.kind === 'number' ? monotone[f] : null;
    const direction = declared === 'increasing' ? 1 : declared === 'decreasing' ? -1 : 0;
    const at = free;
    free += indicators;
    const piecesAt = direction === 0 ? free : directed;
    if (direction === 0) free += pieces;
    else directed += pieces;
    return { indicators, at, pieces, piecesAt, direction };
  });
  return { places, free, directed };
}

/** Encodings of every feature, with the size and the mean of each input over the training rows. */
export function fitDeepEncodings(dataset: Dataset, options: DeepOptions): DeepFeature[] {
  const pieces = options.pieces > 0 ? options.pieces : piecesFor(dataset.rows);
  const shrinkage = options.levelShrinkage > 0 ? options.levelShrinkage : shrinkageFor(dataset.rows);
  return dataset.columns.map((column, f): DeepFeature => {
    const declaration = dataset.features[f]!;
    const encoding =
      column.kind === 'number'
        ? piecewise(column, declaration.codes.map(Number), dataset.weight, pieces)
        : fitEncoding(column, declaration, null, {
            maxBins: 0,
            minRows: 0,
            maxLevels: 200,
            minLevelRows: options.minLevelRows > 0 ? options.minLevelRows : levelRowsFor(dataset.rows),
          });
    return withMoments(column, encoding as DeepFeature['encoding'], dataset.weight, shrinkage);
  });
}

function piecewise(
  column: NumberColumn,
  codes: readonly number[],
  weight: Float64Array | null,
  pieces: number,
): PiecewiseEncoding {
  const rows: number[] = [];
  column.values.forEach((value, row) => {
    if (Number.isFinite(value) && !codes.includes(value)) rows.push(row);
  });
  const values = Float64Array.from(rows, (row) => column.values[row]!);
  const weights = weight && Float64Array.from(rows, (row) => weight[row]!);
  const edges = numberEdges(values, weights, pieces, Math.max(3, Math.floor(values.length / (4 * pieces))));
  if (values.length === 0) return { kind: 'number', codes, points: [] };
  let low = values[0]!;
  let high = low;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // Pieces must have a width that doubles can hold.
  const points = [low, ...edges.filter((edge) => edge > low && edge < high), high];
  const wide = points.length > 1 && high > low && Number.isFinite(high - low);
  return { kind: 'number', codes, points: wide ? points.filter((point, i) => i === 0 || point > points[i - 1]!) : [] };
}

function withMoments(
  column: FeatureColumn,
  encoding: DeepFeature['encoding'],
  weight: Float64Array | null,
  shrinkage: number,
): DeepFeature {
  const indicators = indicatorsOf({ encoding });
  const pieces = piecesOf({ encoding });
  const encoded = encodeDeep(column, encoding);
  const rowsOf = new Float64Array(indicators);
  const mean = new Float64Array(indicators + pieces);
  let mass = 0;
  let ordinary = 0;
  for (let row = 0; row < encoded.indicator.length; row++) {
    const w = weight === null ? 1 : weight[row]!;
    const indicator = encoded.indicator[row]!;
    mass += w;
    if (indicator >= 0) {
      rowsOf[indicator]!++;
      mean[indicator]! += w;
      continue;
    }
    ordinary += w;
    const whole = encoded.piece[row]!;
    for (let p = 0; p < whole; p++) mean[indicators + p]! += w;
    if (whole < pieces) mean[indicators + whole]! += w * encoded.share[row]!;
  }
  for (let i = 0; i < mean.length; i++) {
    const over = i < indicators ? mass : ordinary;
    mean[i] = over > 0 ? mean[i]! / over : 0;
  }
  return {
    name: column.name,
    encoding,
    scale: Array.from(rowsOf, (n) => n / (n + shrinkage)),
    mean: Array.from(mean),
  };
}

/** Encodes one number; NaN is missing, infinities lie beyond the outermost points. */
export function numberEncoder(
  encoding: PiecewiseEncoding,
): (value: number) => { indicator: number; piece: number; share: number } {
  const { codes } = encoding;
  const points = Float64Array.from(encoding.points);
  const last = points.length - 2;
  return (value) => {
    if (value !== value) return { indicator: 0, piece: 0, share: 0 };
    const code = codes.indexOf(value);
    if (code >= 0) return { indicator: 1 + code, piece: 0, share: 0 };
    if (last < 0 || value <= points[0]!) return { indicator: -1, piece: 0, share: 0 };
    if (value >= points[last + 1]!) return { indicator: -1, piece: last + 1, share: 0 };
    const piece = binAmong(points, value) - 1;
    const from = points[piece]!;
    return { indicator: -1, piece, share: (value - from) / (points[piece + 1]! - from) };
  };
}

/** Encodes the rows of a column; the column's kind must be the encoding's. */
export function encodeDeep(column: FeatureColumn, encoding: DeepFeature['encoding']): EncodedColumn {
  const rows = column.kind === 'number' ? column.values.length : column.codes.length;
  const encoded = {
    indicator: new Int16Array(rows),
    piece: new Int16Array(rows),
    share: new Float64Array(rows),
  };
  if (column.kind === 'number' && encoding.kind === 'number') {
    const encode = numberEncoder(encoding);
    for (let row = 0; row < rows; row++) {
      const { indicator, piece, share } = encode(column.values[row]!);
      encoded.indicator[row] = indicator;
      encoded.piece[row] = piece;
      encoded.share[row] = share;
    }
  } else if (column.kind === 'category' && encoding.kind === 'category') {
    const bin = levelBinner(encoding);
    const binOf = column.levels.map((level) => bin(level));
    for (let row = 0; row < rows; row++) {
      const code = column.codes[row]!;
      encoded.indicator[row] = code < 0 ? 0 : binOf[code]!;
    }
  } else throw new TypeError(`column ${column.name} is a ${column.kind}, its encoding is for a ${encoding.kind}`);
  return encoded;
}

/**
 * Writes the inputs of one feature of one row into `free` (of the row) and `directed`. An indicator that training never saw, and the pieces of a
 * value outside the order, are read as the mean: they say nothing.
 */
export function writeInputs(
  place: InputPlace,
  feature: DeepFeature,
  encoded: { readonly indicator: number; readonly piece: number; readonly share: number },
  free: Float32Array | Float64Array,
  freeAt: number,
  directed: Float32Array | Float64Array,
  directedAt: number,
): void {
  const { indicator, piece, share } = encoded;
  const { scale, mean } = feature;
  const { indicators, pieces, direction } = place;
  const at = freeAt + place.at;
  const silent = indicator >= 0 && scale[indicator] === 0;
  for (let i = 0; i < indicators; i++) free[at + i] = silent ? 0 : scale[i]! * ((i === indicator ? 1 : 0) - mean[i]!);
  const target = direction === 0 ? free : directed;
  const offset = (direction === 0 ? freeAt : directedAt) + place.piecesAt;
  const sign = direction === -1 ? -1 : 1;
  for (let p = 0; p < pieces; p++) {
    const value = p < piece ? 1 : p === piece ? share : 0;
    target[offset + p] = indicator >= 0 ? 0 : sign * (value - mean[indicators + p]!);
  }
}
