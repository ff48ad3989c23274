import type { Direction, PairLayout, Tables, TermLayout } from './layout.ts';

/** Isotonic regression by pooling adjacent violators (Ayer et al. 1955), in place over the cells `start + k * stride`, k < count. */
export function pool(
  table: Float64Array,
  weight: Float64Array,
  direction: Direction,
  start: number,
  stride: number,
  count: number,
): void {
  if (direction === 0) return;
  const values: number[] = [];
  const masses: number[] = [];
  const sizes: number[] = [];
  for (let k = 0; k < count; k++) {
    const cell = start + k * stride;
    values.push(table[cell]!);
    masses.push(Math.max(1e-6, weight[cell]!));
    sizes.push(1);
    while (values.length > 1 && (values.at(-1)! - values.at(-2)!) * direction < 0) {
      const mass = masses.pop()!;
      const value = values.pop()!;
      const size = sizes.pop()!;
      const last = values.length - 1;
      values[last] = (values[last]! * masses[last]! + value * mass) / (masses[last]! + mass);
      masses[last]! += mass;
      sizes[last]! += size;
    }
  }
  let k = 0;
  values.forEach((value, block) => {
    for (let each = 0; each < sizes[block]!; each++, k++) table[start + k * stride] = value;
  });
}

/** Brings every table into its declared direction, in place, weighted by support; bins outside the order are left as they are. */
export function projectTables(
  tables: Tables,
  terms: readonly TermLayout[],
  pairs: readonly PairLayout[],
  supports: { readonly terms: readonly Float64Array[]; readonly pairs: readonly Float64Array[] },
): void {
  terms.forEach((term, t) =>
    pool(tables.terms[t]!, supports.terms[t]!, term.direction, term.first, 1, term.bins - term.first),
  );
  pairs.forEach((pair, p) => {
    const { a, b } = pair;
    const table = tables.pairs[p]!;
    const weight = supports.pairs[p]!;
    // With two directions, pooling one side may disturb the other: equal weights let the alternation end (both orders are kept by
    // averaging over lines of equal length), and a last pass of running extremes makes it exact.
    const even = a.direction !== 0 && b.direction !== 0 ? new Float64Array(weight.length).fill(1) : weight;
    for (let sweep = 0; sweep < (even === weight ? 1 : 20); sweep++) {
      for (let j = 0; j < b.bins; j++) pool(table, even, a.direction, a.first * b.bins + j, b.bins, a.bins - a.first);
      for (let i = 0; i < a.bins; i++) pool(table, even, b.direction, i * b.bins + b.first, 1, b.bins - b.first);
    }
    if (even !== weight) runningExtremes(table, pair);
  });
}

/** Lifts each cell to its predecessors along both sides, so that both directions hold exactly. */
function runningExtremes(table: Float64Array, { a, b }: PairLayout): void {
  const order = (first: number, bins: number, direction: Direction): number[] => {
    const list = Array.from({ length: bins - first }, (_, k) => first + k);
    return direction < 0 ? list.toReversed() : list;
  };
  const alongA = order(a.first, a.bins, a.direction);
  const alongB = order(b.first, b.bins, b.direction);
  const all = (bins: number): number[] => Array.from({ length: bins }, (_, k) => k);
  const lift = (cell: number, before: number): void => {
    if (table[before]! > table[cell]!) table[cell] = table[before]!;
  };
  for (const i of alongA)
    for (const j of alongB) {
      const ia = alongA[alongA.indexOf(i) - 1];
      const jb = alongB[alongB.indexOf(j) - 1];
      if (ia !== undefined) lift(i * b.bins + j, ia * b.bins + j);
      if (jb !== undefined) lift(i * b.bins + j, i * b.bins + jb);
    }
  for (const j of all(b.first)) alongA.forEach((i, k) => k > 0 && lift(i * b.bins + j, alongA[k - 1]! * b.bins + j));
  for (const i of all(a.first)) alongB.forEach((j, k) => k > 0 && lift(i * b.bins + j, i * b.bins + alongB[k - 1]!));
}
