import type { CategoryEncoding, FeatureTerm, NumberEncoding } from '../artefact/glass-box.ts';
import { binAmong } from '../binning/number-edges.ts';

/** Finds the bin of one number; NaN is missing, infinities fall into the outermost bins, -0 is 0. */
export type NumberBinner = (value: number) => number;
/** Finds the bin of one level; null and empty text are missing, a level never seen gets the last bin. */
export type LevelBinner = (level: string | null) => number;

/** The bin of a number under `encoding`: an edge belongs to the bin on its right. */
export function numberBinner(encoding: NumberEncoding): NumberBinner {
  const edges = Float64Array.from(encoding.edges);
  const codes = Float64Array.from(encoding.codes);
  const first = 1 + codes.length;
  return (value) => {
    if (value !== value) return 0;
    for (let k = 0; k < codes.length; k++) if (value === codes[k]) return 1 + k;
    return first + binAmong(edges, value);
  };
}

/** The bin of a category's level under `encoding`. */
export function levelBinner(encoding: CategoryEncoding): LevelBinner {
  const bins = new Map<string, number>();
  encoding.codes.forEach((code, k) => bins.set(code, 1 + k));
  encoding.levels.forEach((level, k) => bins.set(level, 1 + encoding.codes.length + k));
  const unseen = 1 + encoding.codes.length + encoding.levels.length;
  return (level) => (level === null || level === '' ? 0 : (bins.get(level) ?? unseen));
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?Infinity$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const ISO_DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Days since 1970-01-01 (UTC) of an ISO date or date-time; a time without a zone is UTC; NaN where it is neither. */
export function daysOfIso(text: string): number {
  if (ISO_DATE.test(text)) return Date.parse(text) / 86_400_000;
  const match = ISO_DATE_TIME.exec(text);
  if (!match) return Number.NaN;
  const zoned = match[3] === undefined ? `${text}Z` : text;
  return Date.parse(zoned.replace(' ', 'T')) / 86_400_000;
}

/** The number that a single value of a number or date feature stands for; NaN is missing, undefined is not understood. */
export function numberOf(value: number | string | null | undefined, type: FeatureTerm['type']): number | undefined {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined) return Number.NaN;
  const text = value.trim();
  if (text === '') return Number.NaN;
  if (type === 'date') {
    const days = daysOfIso(text);
    if (!Number.isNaN(days)) return days;
  }
  if (DECIMAL.test(text)) return Number(text);
  return /^nan$/i.test(text) ? Number.NaN : undefined;
}
