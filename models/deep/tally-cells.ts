import type { Dataset } from '../dataset/dataset.ts';

/** Paired differences of the rows of one cell. */
export interface CellTally {
  readonly rows: number;
  readonly bads: number;
  /** Weighted sum of the differences, and the weights' sum. */
  readonly sum: number;
  readonly mass: number;
  readonly mean: number;
  /** Sum over customers of the square of their part of `sum - mean * mass`. */
  readonly variance: number;
  readonly standardError: number;
}

/** Sums differences by cell; rows of a customer, which follow each other in `order`, are one observation of each cell that they are in. */
export function tallyCells(
  cells: Uint16Array,
  count: number,
  difference: Float64Array,
  { bad, weight, group }: Dataset,
  order: Int32Array,
): CellTally[] {
  const sums = Array.from({ length: 7 }, () => new Float64Array(count));
  const [rows, bads, sum, mass, squares, products, masses] = sums as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const ownSum = new Float64Array(count);
  const ownMass = new Float64Array(count);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    if (group !== null) while (end < order.length && group[order[end]!] === group[order[start]!]) end++;
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      const cell = cells[row]!;
      const w = weight === null ? 1 : weight[row]!;
      rows[cell]!++;
      bads[cell]! += bad[row]!;
      ownSum[cell]! += w * difference[row]!;
      ownMass[cell]! += w;
    }
    for (let i = start; i < end; i++) {
      const cell = cells[order[i]!]!;
      const [s, m] = [ownSum[cell]!, ownMass[cell]!];
      sum[cell]! += s;
      mass[cell]! += m;
      squares[cell]! += s * s;
      products[cell]! += s * m;
      masses[cell]! += m * m;
      ownSum[cell] = 0;
      ownMass[cell] = 0;
    }
    start = end;
  }
  return Array.from({ length: count }, (_, cell): CellTally => {
    const mean = mass[cell]! > 0 ? sum[cell]! / mass[cell]! : 0;
    const variance = Math.max(0, squares[cell]! - 2 * mean * products[cell]! + mean * mean * masses[cell]!);
    const standardError = mass[cell]! > 0 ? Math.sqrt(variance) / mass[cell]! : 0;
    return {
      rows: rows[cell]!,
      bads: bads[cell]!,
      sum: sum[cell]!,
      mass: mass[cell]!,
      mean,
      variance,
      standardError,
    };
  });
}
