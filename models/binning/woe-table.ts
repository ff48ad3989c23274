import type { FeatureDeclaration } from '../../features/specs/flat-spec.ts';
import type { CategoryColumn, Dataset, FeatureColumn, NumberColumn } from '../dataset/dataset.ts';
import { binAmong, numberEdges } from './number-edges.ts';
import {
  informationValue,
  optimalPartition,
  weightOfEvidence,
  type Counts,
  type OptimalBinningOptions,
  type Partition,
  type Trend,
} from './optimal.ts';
import type { ValuePart } from './values.ts';

/** One row of a binning table; goods and bads are row weights where rows have any. */
export interface WoeBin extends Counts {
  readonly values: readonly ValuePart[];
  /** Share of all goods and bads. */
  readonly share: number;
  /** Null for an empty bin. */
  readonly badRate: number | null;
  /** ln(share of goods / share of bads), null where one is 0; higher is safer. */
  readonly woe: number | null;
  readonly iv: number;
}

/** A feature cut for a scorecard: ordinary bins in order, then missing and each special code that has rows. */
export interface WoeTable {
  readonly feature: string;
  readonly type: FeatureDeclaration['type'];
  readonly label: FeatureDeclaration['label'];
  /** Of the bad rate over the ordinary bins; of categories always `ascending`, as they are put in order of it. */
  readonly trend: Trend;
  readonly iv: number;
  readonly bins: readonly WoeBin[];
}

export interface WoeOptions {
  /** `declared`: the direction that the spec declares, else `auto`. Categories are always put in order of their bad rate. */
  readonly trend: OptimalBinningOptions['trend'] | 'declared';
  /** Share of all rows that an ordinary bin holds, at least. */
  readonly minShare: number;
  readonly maxBins: number | null;
  /** Fine bins of a number feature before the search, at most; by equal rows. */
  readonly fineBins: number;
  /** Categories with a smaller share of the rows are binned together as `other`. */
  readonly minLevelShare: number;
}

export const WOE_DEFAULTS: WoeOptions = {
  trend: 'declared',
  minShare: 0.05,
  maxBins: null,
  fineBins: 50,
  minLevelShare: 0.005,
};

/** The binning tables of all features of a training set, the most informative first. */
export function woeTables(dataset: Dataset, options: WoeOptions): WoeTable[] {
  const tables = dataset.columns.map((column, c) =>
    woeTable(column, dataset.features[c] as FeatureDeclaration, dataset, options),
  );
  return tables.sort((a, b) => b.iv - a.iv);
}

/** Optimal bins of one feature with their weight of evidence and information value (Siddiqi, Credit Risk Scorecards, 2006, ch. 6). */
export function woeTable(
  column: FeatureColumn,
  declaration: FeatureDeclaration,
  outcome: Pick<Dataset, 'rows' | 'bad' | 'weight'>,
  options: WoeOptions,
): WoeTable {
  const search: OptimalBinningOptions = {
    trend: trendOf(declaration, options.trend),
    minRows: Math.ceil(options.minShare * outcome.rows),
    maxBins: options.maxBins,
  };
  const fine =
    column.kind === 'number'
      ? fineNumbers(column, declaration, outcome, options)
      : fineCategories(column, declaration, outcome, options);
  const partition = optimalPartition(
    fine.ordinary.map(({ counts }) => counts),
    column.kind === 'number' ? search : { ...search, trend: 'ascending' },
  );
  const joined = joinFine(fine.ordinary, partition);
  const all = [...joined, ...fine.apart].filter(({ counts }) => counts.rows > 0);
  const total = totalOf(all.map(({ counts }) => counts));
  const bins = all.map(({ values, counts }): WoeBin => {
    const { goods, bads } = counts;
    const ofGoods = total.goods > 0 ? goods / total.goods : 0;
    const ofBads = total.bads > 0 ? bads / total.bads : 0;
    return {
      values,
      ...counts,
      share: goods + bads > 0 ? (goods + bads) / (total.goods + total.bads) : 0,
      badRate: goods + bads > 0 ? bads / (goods + bads) : null,
      woe: weightOfEvidence(ofGoods, ofBads),
      iv: informationValue(ofGoods, ofBads),
    };
  });
  return {
    feature: column.name,
    type: declaration.type,
    label: declaration.label,
    trend: partition.trend,
    iv: bins.reduce((sum, { iv }) => sum + iv, 0),
    bins,
  };
}

interface Fine {
  readonly values: readonly ValuePart[];
  readonly counts: Counts;
}

/** The bins before the search: the ordinary ones in order, and those that keep their own. */
interface FineBins {
  readonly ordinary: readonly Fine[];
  readonly apart: readonly Fine[];
}

type Outcome = Pick<Dataset, 'rows' | 'bad' | 'weight'>;

function trendOf({ monotone }: FeatureDeclaration, trend: WoeOptions['trend']): OptimalBinningOptions['trend'] {
  if (trend !== 'declared') return trend;
  return monotone === 'increasing' ? 'ascending' : monotone === 'decreasing' ? 'descending' : 'auto';
}

function fineNumbers(
  column: NumberColumn,
  declaration: FeatureDeclaration,
  outcome: Outcome,
  options: WoeOptions,
): FineBins {
  const codes = declaration.codes.map(Number);
  const rows = [...column.values.keys()].filter((row) => {
    const value = column.values[row]!;
    return !Number.isNaN(value) && !codes.includes(value);
  });
  const finite = rows.filter((row) => Number.isFinite(column.values[row]!));
  const values = Float64Array.from(finite, (row) => column.values[row]!);
  const { weight } = outcome;
  const weights = weight && Float64Array.from(finite, (row) => weight[row]!);
  const edges = numberEdges(values, weights, options.fineBins, 1);
  const bounds = Float64Array.from(edges);
  const counts = tally(edges.length + 2 + codes.length, outcome, (row) => {
    const value = column.values[row]!;
    if (Number.isNaN(value)) return edges.length + 1;
    const code = codes.indexOf(value);
    if (code >= 0) return edges.length + 2 + code;
    return binAmong(bounds, value);
  });
  return {
    ordinary: counts.slice(0, edges.length + 1).map((each, i) => ({
      values: [{ kind: 'range', from: edges[i - 1] ?? null, below: edges[i] ?? null }],
      counts: each,
    })),
    apart: apartOf(counts.slice(edges.length + 1), codes),
  };
}

function fineCategories(
  column: CategoryColumn,
  declaration: FeatureDeclaration,
  outcome: Outcome,
  options: WoeOptions,
): FineBins {
  const codes = declaration.codes.map(String);
  const levels = column.levels.filter((level) => level !== '' && !codes.includes(level));
  const indexOf = new Map(levels.map((level, i) => [level, i]));
  codes.forEach((code, k) => indexOf.set(code, levels.length + 1 + k));
  const counts = tally(levels.length + 1 + codes.length, outcome, (row) => {
    const level = column.levels[column.codes[row]!];
    return level === undefined || level === '' ? levels.length : indexOf.get(level)!;
  });
  const seen = levels.map((level, i) => ({ level, counts: counts[i]! })).filter((each) => each.counts.rows > 0);
  const isRare = ({ counts }: { counts: Counts }): boolean => counts.rows < options.minLevelShare * outcome.rows;
  const ordinary: Fine[] = seen
    .filter((each) => !isRare(each))
    .map(({ level, counts }) => ({ values: [{ kind: 'level', value: level }], counts }));
  const rare = seen.filter(isRare);
  if (rare.length > 0) {
    ordinary.push({ values: [{ kind: 'other' }], counts: totalOf(rare.map(({ counts }) => counts)) });
  }
  const rate = ({ counts: { goods, bads } }: Fine): number => bads / (goods + bads);
  return { ordinary: ordinary.sort((a, b) => rate(a) - rate(b)), apart: apartOf(counts.slice(levels.length), codes) };
}

/** Missing, then the special codes. */
function apartOf(counts: readonly Counts[], codes: readonly (number | string)[]): Fine[] {
  return counts.map((each, i) => {
    const code = codes[i - 1];
    return { values: [code === undefined ? { kind: 'missing' } : { kind: 'code', value: code }], counts: each };
  });
}

function joinFine(fine: readonly Fine[], { ends }: Partition): Fine[] {
  return ends.map((end, b) => {
    const members = fine.slice(b === 0 ? 0 : ends[b - 1]! + 1, end + 1);
    const first = members[0]!.values[0]!;
    const last = members.at(-1)!.values[0]!;
    const values: ValuePart[] =
      first.kind === 'range' && last.kind === 'range'
        ? [{ kind: 'range', from: first.from, below: last.below }]
        : members.flatMap((each) => each.values);
    return { values, counts: totalOf(members.map(({ counts }) => counts)) };
  });
}

function tally(size: number, { rows, bad, weight }: Outcome, binOf: (row: number) => number): Counts[] {
  const counts = Array.from({ length: size }, () => ({ goods: 0, bads: 0, rows: 0 }));
  for (let row = 0; row < rows; row++) {
    const bin = counts[binOf(row)]!;
    bin.rows++;
    bin[bad[row] === 1 ? 'bads' : 'goods'] += weight ? weight[row]! : 1;
  }
  return counts;
}

function totalOf(counts: readonly Counts[]): Counts {
  const sum = (of: keyof Counts): number => counts.reduce((total, each) => total + each[of], 0);
  return { goods: sum('goods'), bads: sum('bads'), rows: sum('rows') };
}
