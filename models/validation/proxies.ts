import { seededRandom, shuffled } from '../../base/random.ts';
import { fitRidgeLogistic, solveRidge } from '../benchmark/index.ts';
import type { CategoryColumn, Dataset, FeatureColumn } from '../dataset/dataset.ts';
import { groupedFolds } from '../dataset/folds.ts';
import { takeRows } from '../dataset/make.ts';
import { delongInterval, normalQuantile } from '../metrics/index.ts';
import { numbersOf } from '../protected/index.ts';

/** How well the features of a model tell one group of a protected attribute from all others, or the attribute's number. */
export interface ProxyMeasure {
  /** The group; null: the attribute is a number. */
  readonly group: string | null;
  readonly rows: number;
  /** `auc`: 0.5 tells nothing, 1 everything. `r2`: share of the variance, 0 to 1. Both out of fold, with a 95 % interval. */
  readonly measure: 'auc' | 'r2';
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The features that it rests on most: each one's share of the spread of the prediction. */
  readonly features: readonly { readonly feature: string; readonly share: number }[];
}

/** What the other features give away about a protected attribute. */
export interface ProxyReport {
  readonly attribute: string;
  readonly inModel: boolean;
  readonly measures: readonly ProxyMeasure[];
  /** Groups that are too small to say. */
  readonly tooFew: readonly string[];
}

const FOLDS = 3;
const MOST_ROWS = 2000;
/** Rows of a group and rows outside it, at least. */
const LEAST_ROWS = 30;
const MOST_LEVELS = 8;
const BINS = 5;

/**
 * Proxies: how well a model's features predict each protected attribute that stands beside them, by a penalised regression on the
 * features in bins, out of fold (customers stay together). The intervals are DeLong's for an AUC and Fisher's z for the correlation whose
 * square is told; at most 2,000 rows, drawn by a fixed seed, are used. What is found is a lower bound: a better predictor may find more.
 */
export function measureProxies(attributes: readonly CategoryColumn[], test: Dataset): ProxyReport[] {
  return attributes.map((attribute) => {
    const known = [...attribute.codes.keys()].filter((row) => attribute.codes[row]! >= 0);
    const drawn = (
      known.length > MOST_ROWS ? shuffled(known, seededRandom('proxies')).slice(0, MOST_ROWS) : known
    ).sort((a, b) => a - b);
    const inModel = test.columns.some(({ name }) => name === attribute.name);
    const report = { attribute: attribute.name, inModel };
    if (drawn.length < 2 * LEAST_ROWS) return { ...report, measures: [], tooFew: [...attribute.levels] };
    const rows = takeRows(test, drawn);
    const sample: Sample = {
      rows: drawn.length,
      group: rows.group,
      blocks: rows.columns
        .filter(({ name }) => name !== attribute.name)
        .map((column) => ({ feature: column.name, columns: binned(column) }))
        .filter(({ columns }) => columns.length > 0),
    };
    const numbers = numbersOf(attribute);
    if (numbers) {
      const values = Float64Array.from(drawn, (row) => numbers[row]!);
      return { ...report, measures: [predictNumber(sample, values)], tooFew: [] };
    }
    const codes = drawn.map((row) => attribute.codes[row]!);
    const sizes = attribute.levels.map((_, level) => codes.filter((code) => code === level).length);
    const enough = (level: number): boolean =>
      sizes[level]! >= LEAST_ROWS && codes.length - sizes[level]! >= LEAST_ROWS;
    const present = [...attribute.levels.keys()].filter((level) => sizes[level]! > 0);
    const measured = present
      .filter(enough)
      .sort((a, b) => sizes[b]! - sizes[a]!)
      .slice(0, MOST_LEVELS);
    // Of two groups, one is the other's complement.
    const asked = present.length === 2 ? measured.slice(-1) : measured;
    return {
      ...report,
      measures: asked.map((level) =>
        predictGroup(
          sample,
          attribute.levels[level]!,
          Uint8Array.from(codes, (code) => (code === level ? 1 : 0)),
        ),
      ),
      tooFew: present.filter((level) => !enough(level)).map((level) => attribute.levels[level]!),
    };
  });
}

interface Sample {
  readonly rows: number;
  readonly group: Int32Array | null;
  readonly blocks: readonly { readonly feature: string; readonly columns: readonly Float64Array[] }[];
}

/** Indicators of a feature's bins but the fullest: quantile bins of numbers, levels of categories, missing. */
function binned(column: FeatureColumn): Float64Array[] {
  const rows = column.kind === 'number' ? column.values.length : column.codes.length;
  let bins: Int32Array;
  if (column.kind === 'number') {
    const known = column.values.filter((value) => !Number.isNaN(value)).sort();
    const cuts = [
      ...new Set(Array.from({ length: BINS - 1 }, (_, i) => known[Math.floor(((i + 1) / BINS) * known.length)] ?? 0)),
    ];
    bins = Int32Array.from(column.values, (value) =>
      Number.isNaN(value) ? -1 : cuts.reduce((at, cut) => at + (cut <= value ? 1 : 0), 0),
    );
  } else bins = column.codes;
  const counts = new Map<number, number>();
  for (const bin of bins) counts.set(bin, (counts.get(bin) ?? 0) + 1);
  const used = [...counts]
    .filter(([, count]) => count >= Math.max(5, 0.01 * rows))
    .sort(([a, many], [b, few]) => few - many || a - b)
    .slice(1, 16);
  return used.map(([wanted]) => Float64Array.from(bins, (bin) => (bin === wanted ? 1 : 0)));
}

function predictGroup(sample: Sample, group: string, member: Uint8Array): ProxyMeasure {
  const { scores, features } = outOfFold(sample, member, (columns, y) => fitRidgeLogistic(columns, y, null, 10));
  const { auc, low, high } = delongInterval(scores, member);
  return { group, rows: sample.rows, measure: 'auc', value: auc, low, high, features };
}

function predictNumber(sample: Sample, values: Float64Array): ProxyMeasure {
  const { scores, features } = outOfFold(sample, values, (columns, y) => solveRidge(columns, y, 10));
  const r = Math.max(0, correlation(scores, values));
  const z = Math.atanh(Math.min(r, 1 - 1e-12));
  const half = normalQuantile(0.975) / Math.sqrt(Math.max(1, values.length - 3));
  const bound = (at: number): number => Math.tanh(Math.max(0, at)) ** 2;
  return {
    group: null,
    rows: sample.rows,
    measure: 'r2',
    value: r ** 2,
    low: bound(z - half),
    high: bound(z + half),
    features,
  };
}

type Fit = (
  columns: readonly Float64Array[],
  y: Float64Array,
) => { readonly intercept: number; readonly coefficients: readonly number[] };

function outOfFold(
  { rows, group, blocks }: Sample,
  outcome: ArrayLike<number>,
  fit: Fit,
): { readonly scores: Float64Array; readonly features: ProxyMeasure['features'] } {
  const columns = blocks.flatMap((block) => block.columns);
  const bad = Uint8Array.from(outcome, (value) => (value === 1 ? 1 : 0));
  const folds = groupedFolds({ rows, bad, group }, FOLDS, 1);
  const scores = new Float64Array(rows);
  const parts = blocks.map(() => new Float64Array(rows));
  for (let fold = 0; fold < FOLDS; fold++) {
    const kept = [...folds.keys()].filter((row) => folds[row] !== fold);
    const pick = (column: ArrayLike<number>): Float64Array => Float64Array.from(kept, (row) => column[row]!);
    const { intercept, coefficients } = fit(columns.map(pick), pick(outcome));
    for (let row = 0; row < rows; row++) {
      if (folds[row] !== fold) continue;
      let at = 0;
      scores[row] = intercept;
      blocks.forEach((block, b) => {
        for (const column of block.columns) parts[b]![row]! += coefficients[at++]! * column[row]!;
        scores[row]! += parts[b]![row]!;
      });
    }
  }
  const spreads = parts.map(spread);
  const total = spreads.reduce((sum, each) => sum + each, 0) || 1;
  const features = blocks
    .map(({ feature }, b) => ({ feature, share: spreads[b]! / total }))
    .sort((a, b) => b.share - a.share || (a.feature < b.feature ? -1 : 1))
    .slice(0, 5)
    .filter(({ share }) => share > 0);
  return { scores, features };
}

function spread(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [sa, sb] = [spread(a), spread(b)];
  if (!(sa > 0) || !(sb > 0)) return 0;
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  return a.reduce((sum, value, i) => sum + (value - ma) * (b[i]! - mb), 0) / (a.length * sa * sb);
}
