import { normalCdf } from './normal.ts';

/** Counts of customers by grade at the beginning (row) and at the end (column); grades as indexes, safest first. */
export function migrationCounts(from: ArrayLike<number>, to: ArrayLike<number>, grades: number): number[][] {
  const counts = Array.from({ length: grades }, () => Array<number>(grades).fill(0));
  for (let i = 0; i < from.length; i++) counts[from[i]!]![to[i]!]!++;
  return counts;
}

export interface MigrationBandwidth {
  /** Moves to riskier grades, weighted by distance, as a share of the most that those who moved could have moved; null: none moved. */
  readonly upper: number | null;
  /** Moves to safer grades, likewise. */
  readonly lower: number | null;
}

/** Matrix weighted bandwidths of a square migration matrix (European Central Bank 2019, 2.5.5.1). */
export function migrationBandwidth(counts: readonly (readonly number[])[]): MigrationBandwidth {
  const last = counts.length - 1;
  const side = (beyond: (i: number, j: number) => boolean): number | null => {
    let moved = 0;
    let most = 0;
    counts.forEach((row, i) =>
      row.forEach((count, j) => {
        if (!beyond(i, j)) return;
        moved += Math.abs(i - j) * count;
        most += Math.max(i, last - i) * count;
      }),
    );
    return most > 0 ? moved / most : null;
  };
  return { upper: side((i, j) => j > i), lower: side((i, j) => j < i) };
}

/** Whether a cell holds fewer customers than the next one outward. */
export interface MigrationStep {
  readonly from: number;
  /** The cell that lies farther from the diagonal; its neighbour towards the diagonal is compared with it. */
  readonly to: number;
  /** Share of the nearer cell minus that of the farther one, in standard errors; negative: customers jump over grades. */
  readonly z: number;
  /** One-sided: small where the farther cell holds more than chance explains. */
  readonly pValue: number;
}

/** Stability of a migration matrix: each pair of neighbouring cells on a side of the diagonal (European Central Bank 2019, 2.5.5.2). */
export function migrationSteps(counts: readonly (readonly number[])[]): MigrationStep[] {
  return counts.flatMap((row, from) => {
    const total = row.reduce((sum, each) => sum + each, 0);
    return row.flatMap((count, to): MigrationStep[] => {
      if (to === from || total === 0) return [];
      const far = count / total;
      const near = row[to > from ? to - 1 : to + 1]! / total;
      const variance = (near * (1 - near) + far * (1 - far) + 2 * near * far) / total;
      const z = variance > 0 ? (near - far) / Math.sqrt(variance) : 0;
      return variance > 0 ? [{ from, to, z, pValue: normalCdf(z) }] : [];
    });
  });
}
