import type { CategoryColumn, Dataset } from '../dataset/dataset.ts';
import {
  normalCdf,
  normalQuantile,
  shareDifference,
  shareRatio,
  wilsonInterval,
  type Bounded,
} from '../metrics/index.ts';
import type { GateResult } from './gates.ts';
import { measurePart, type PartMeasures } from './parts.ts';

/** The four-fifths rule of the US Uniform Guidelines (1978): the least acceptable ratio of approval rates. */
export const LEAST_APPROVAL_RATIO = 0.8;

/** One group of a protected attribute, beside the largest stated group. */
export interface GroupFairness {
  readonly measures: PartMeasures;
  /** Share approved. */
  readonly approval: Bounded;
  /** Share approved among those who did not default; null where there are none. */
  readonly approvalOfGoods: Bounded | null;
  /** Against the reference group; null for the reference group itself, and where nobody of it is approved. */
  readonly against: {
    readonly approvalRatio: Bounded;
    /** Pass where the whole interval is at least four fifths, fail where none of it is. */
    readonly result: GateResult;
    /** Largest ratio below 1 that a two-sided 5 % test on these groups finds with probability 0.8. */
    readonly detectableRatio: number;
    /** Probability that groups that are treated alike pass at these sizes. */
    readonly power: number;
    /** Equal opportunity: difference of the approval rates of those who did not default. */
    readonly opportunity: Bounded | null;
  } | null;
}

export interface AttributeFairness {
  readonly attribute: string;
  /** The attribute is a feature of the model. */
  readonly inModel: boolean;
  readonly reference: string;
  readonly groups: readonly GroupFairness[];
}

/** Name of the group of rows without the attribute. */
export const NOT_STATED = '(not stated)';

/**
 * Approval rates, equal opportunity and calibration within the groups of each protected attribute, where a PD below `approveBelow` is
 * approved. Intervals take rows as independent. It describes; whether a difference is justified, no statistic can say.
 */
export function measureFairness(
  attributes: readonly CategoryColumn[],
  features: ReadonlySet<string>,
  test: Dataset,
  pd: Float64Array,
  approveBelow: number,
): AttributeFairness[] {
  return attributes.map(({ name, levels, codes }) => {
    const rowsOf = new Map<string, number[]>();
    codes.forEach((code, row) => {
      const group = code < 0 ? NOT_STATED : levels[code]!;
      const rows = rowsOf.get(group);
      if (rows) rows.push(row);
      else rowsOf.set(group, [row]);
    });
    // The largest group that is stated is the reference.
    const stated = (group: string): number => (group === NOT_STATED ? 1 : 0);
    const groups = [...rowsOf].sort(
      ([a, many], [b, few]) => stated(a) - stated(b) || few.length - many.length || (a < b ? -1 : 1),
    );
    const counts = groups.map(([, rows]) => {
      const goods = rows.filter((row) => test.bad[row] === 0);
      const approved = (of: readonly number[]): { count: number; n: number } => ({
        count: of.filter((row) => pd[row]! < approveBelow).length,
        n: of.length,
      });
      return { all: approved(rows), goods: approved(goods) };
    });
    return {
      attribute: name,
      inModel: features.has(name),
      reference: groups[0]?.[0] ?? NOT_STATED,
      groups: groups.map(([group, rows], g): GroupFairness => {
        const { all, goods } = counts[g]!;
        return {
          measures: measurePart(group, rows, pd, test),
          approval: wilsonInterval(all.count, all.n),
          approvalOfGoods: goods.n > 0 ? wilsonInterval(goods.count, goods.n) : null,
          against: g === 0 || counts[0]!.all.count === 0 ? null : compare(counts[g]!, counts[0]!),
        };
      }),
    };
  });
}

interface Counts {
  readonly all: { readonly count: number; readonly n: number };
  readonly goods: { readonly count: number; readonly n: number };
}

function compare(group: Counts, reference: Counts): NonNullable<GroupFairness['against']> {
  const approvalRatio = shareRatio(group.all, reference.all);
  const known = Number.isFinite(approvalRatio.value);
  let result: GateResult = 'insufficient evidence';
  if (known && approvalRatio.low >= LEAST_APPROVAL_RATIO) result = 'pass';
  else if (known && approvalRatio.high < LEAST_APPROVAL_RATIO) result = 'fail';
  // Groups that were treated alike would have the reference group's approval rate.
  const rate = Math.min(
    1 - 0.5 / reference.all.n,
    Math.max(0.5 / reference.all.n, reference.all.count / reference.all.n),
  );
  const se = Math.sqrt(((1 - rate) / rate) * (1 / group.all.n + 1 / reference.all.n));
  const z = normalQuantile(0.975);
  return {
    approvalRatio,
    result,
    detectableRatio: Math.exp(-(z + normalQuantile(0.8)) * se),
    power: normalCdf(-Math.log(LEAST_APPROVAL_RATIO) / se - z),
    opportunity: group.goods.n > 0 && reference.goods.n > 0 ? shareDifference(group.goods, reference.goods) : null,
  };
}
