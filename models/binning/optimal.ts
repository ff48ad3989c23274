/** How the bad rate may run over the bins of a feature, in the order of its values; `peak` rises, then falls, `valley` falls, then rises. */
export const TRENDS = ['ascending', 'descending', 'peak', 'valley', 'none'] as const;
export type Trend = (typeof TRENDS)[number];

/** Goods and bads (rows, or their weights) of one fine bin, and its rows. */
export interface Counts {
  readonly goods: number;
  readonly bads: number;
  readonly rows: number;
}

export interface OptimalBinningOptions {
  /** `auto`: the one of ascending and descending with the greater IV; a peak or a valley only where it adds more than a tenth to that. */
  readonly trend: Trend | 'auto';
  /** Rows of a bin, at least. */
  readonly minRows: number;
  /** Bins at most, or null. */
  readonly maxBins: number | null;
}

/** Neighbouring fine bins joined: bin b holds the fine bins from the one after `ends[b - 1]` up to `ends[b]`. */
export interface Partition {
  readonly trend: Trend;
  readonly ends: readonly number[];
  /** Information value over the fine bins' own totals. */
  readonly iv: number;
}

const TURN_GAIN = 1.1;
/** Differences of IV below this are rounding: the partition of fewer bins is taken. */
const ROUNDING = 1e-12;

/**
 * The partition of ordered fine bins with the greatest information value among those whose bad rate has the trend, whose bins each hold at
 * least `minRows` rows, one good and one bad. Exact, by dynamic programming over the last bin (the problem of Navas-Palencia, Optimal binning:
 * mathematical programming formulation, 2020). One bin of everything where no partition qualifies.
 */
export function optimalPartition(fine: readonly Counts[], options: OptimalBinningOptions): Partition {
  if (options.trend !== 'auto') return best(fine, options.trend, options);
  const greater = (a: Partition, b: Partition): Partition => (b.iv > a.iv + ROUNDING ? b : a);
  const monotone = greater(best(fine, 'ascending', options), best(fine, 'descending', options));
  const turning = greater(best(fine, 'peak', options), best(fine, 'valley', options));
  return turning.iv > TURN_GAIN * monotone.iv + ROUNDING ? turning : monotone;
}

/** A step from one bin to the next: the phase before and after, and the signs of the change of the bad rate that it allows. */
type Step = readonly [from: 0 | 1, to: 0 | 1, signs: readonly (-1 | 0 | 1)[]];
const UP: Step[2] = [0, 1];
const DOWN: Step[2] = [-1, 0];
const STEPS: { readonly [trend in Trend]: readonly Step[] } = {
  ascending: [[0, 0, UP]],
  descending: [[0, 0, DOWN]],
  peak: [
    [0, 0, UP],
    [0, 1, DOWN],
    [1, 1, DOWN],
  ],
  valley: [
    [0, 0, DOWN],
    [0, 1, UP],
    [1, 1, UP],
  ],
  none: [[0, 0, [-1, 0, 1]]],
};

function best(fine: readonly Counts[], trend: Trend, options: OptimalBinningOptions): Partition {
  const size = fine.length;
  const whole: Partition = { trend, ends: size === 0 ? [] : [size - 1], iv: 0 };
  const spans = spansOf(fine);
  const minRows = Math.max(1, options.minRows);
  const most = Math.max(1, Math.min(size, options.maxBins ?? size, Math.floor(spans(0, size - 1).rows / minRows)));
  const total = spans(0, size - 1);
  if (!(total.goods > 0 && total.bads > 0)) return whole;
  const worth = (start: number, end: number): number => {
    const { goods, bads, rows } = spans(start, end);
    if (rows < minRows || goods <= 0 || bads <= 0) return -Infinity;
    return informationValue(goods / total.goods, bads / total.bads);
  };
  const sign = (left: Counts, right: Counts): -1 | 0 | 1 => {
    const change = right.bads * left.goods - left.bads * right.goods;
    return change > 0 ? 1 : change < 0 ? -1 : 0;
  };
  // reached[phase][bins - 1][start * size + end]: the greatest IV of a partition of 0..end whose last bin begins at start.
  const table = (): Float64Array[] => Array.from({ length: most }, () => new Float64Array(size * size).fill(-Infinity));
  const reached = [table(), table()] as const;
  const origin = [table(), table()] as const;
  for (let end = 0; end < size; end++) {
    reached[0][0]![end] = worth(0, end);
    for (let start = 1; start <= end; start++) {
      const value = worth(start, end);
      if (value === -Infinity) continue;
      const last = spans(start, end);
      for (let before = 0; before < start; before++) {
        const change = sign(spans(before, start - 1), last);
        for (const [from, to, signs] of STEPS[trend]) {
          if (!signs.includes(change)) continue;
          for (let bins = 1; bins < most; bins++) {
            const sum = reached[from][bins - 1]![before * size + start - 1]! + value;
            if (sum > reached[to][bins]![start * size + end]!) {
              reached[to][bins]![start * size + end] = sum;
              origin[to][bins]![start * size + end] = 2 * before + from;
            }
          }
        }
      }
    }
  }
  let found = { iv: 0, phase: 0 as 0 | 1, bins: 0, start: 0 };
  for (let bins = 0; bins < most; bins++) {
    for (const phase of [0, 1] as const) {
      for (let start = 0; start < size; start++) {
        const iv = reached[phase][bins]![start * size + size - 1]!;
        if (iv > found.iv + ROUNDING) found = { iv, phase, bins, start };
      }
    }
  }
  const ends = [size - 1];
  for (let { phase, bins, start } = found; bins > 0 && start > 0;) {
    const code = origin[phase][bins]![start * size + ends[0]!]!;
    ends.unshift(start - 1);
    start = Math.floor(code / 2);
    phase = (code % 2) as 0 | 1;
    bins--;
  }
  return { trend, ends, iv: found.iv };
}

/** Counts of the fine bins from start to end, by prefix sums. */
function spansOf(fine: readonly Counts[]): (start: number, end: number) => Counts {
  const sums = { goods: [0], bads: [0], rows: [0] };
  for (const each of fine) {
    sums.goods.push(sums.goods.at(-1)! + each.goods);
    sums.bads.push(sums.bads.at(-1)! + each.bads);
    sums.rows.push(sums.rows.at(-1)! + each.rows);
  }
  const between = (of: readonly number[], start: number, end: number): number => of[end + 1]! - of[start]!;
  return (start, end) => ({
    goods: between(sums.goods, start, end),
    bads: between(sums.bads, start, end),
    rows: between(sums.rows, start, end),
  });
}

/** Weight of evidence of a bin that holds these shares of all goods and of all bads: ln(goods / bads); null where one is 0. Higher is safer. */
export function weightOfEvidence(goods: number, bads: number): number | null {
  return goods > 0 && bads > 0 ? Math.log(goods / bads) : null;
}

/** What a bin with these shares of all goods and of all bads adds to the information value: (goods - bads) * WoE; 0 where one is 0. */
export function informationValue(goods: number, bads: number): number {
  return (goods - bads) * (weightOfEvidence(goods, bads) ?? 0);
}
