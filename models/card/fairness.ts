import type { CategoryColumn } from '../dataset/dataset.ts';
import { auc } from '../metrics/index.ts';

/** How a model stands in one group of a protected attribute. */
export interface GroupFairness {
  readonly attribute: string;
  /** Null: missing. */
  readonly group: string | null;
  readonly rows: number;
  readonly bads: number;
  readonly meanPd: number;
  readonly badRate: number;
  /** Bad rate less mean PD, and half the width of its 95 % interval: 1.96 times the root of the sum of PD (1 - PD), over the rows. */
  readonly difference: number;
  readonly halfWidth: number;
  /** Null where the group has one outcome only. */
  readonly auc: number | null;
}

/** Calibration and discrimination by group of each protected attribute; groups in the order of their size. */
export function fairnessOf(pd: Float64Array, bad: Uint8Array, attributes: readonly CategoryColumn[]): GroupFairness[] {
  return attributes.flatMap(({ name, levels, codes }) => {
    const groups = [-1, ...levels.keys()].map((code) => {
      const rows = Int32Array.from(codes.keys()).filter((row) => codes[row] === code);
      return { group: levels[code] ?? null, rows };
    });
    return groups
      .filter(({ rows }) => rows.length > 0)
      .sort((a, b) => b.rows.length - a.rows.length)
      .map(({ group, rows }): GroupFairness => {
        const scores = Float64Array.from(rows, (row) => pd[row]!);
        const outcomes = Uint8Array.from(rows, (row) => bad[row]!);
        const bads = outcomes.reduce((sum, each) => sum + each, 0);
        const sum = (of: (value: number) => number): number => scores.reduce((total, each) => total + of(each), 0);
        const meanPd = sum((p) => p) / rows.length;
        const badRate = bads / rows.length;
        return {
          attribute: name,
          group,
          rows: rows.length,
          bads,
          meanPd,
          badRate,
          difference: badRate - meanPd,
          halfWidth: (1.96 * Math.sqrt(sum((p) => p * (1 - p)))) / rows.length,
          auc: bads > 0 && bads < rows.length ? auc(scores, outcomes, null) : null,
        };
      });
  });
}
