/** Direction that a table must keep along an axis: +1 increasing, -1 decreasing, 0 free. */
export type Direction = -1 | 0 | 1;

/** One feature as boosting sees it: bins below `first` stand alone (missing, special codes), the rest are ordered or levels. */
export interface TermLayout {
  readonly bins: number;
  readonly first: number;
  /** True where the bins from `first` on have an order (numbers, dates). */
  readonly ordered: boolean;
  readonly direction: Direction;
}

/** One side of a pairwise term: coarse bins; those below `first` stand alone. */
export interface AxisLayout {
  readonly term: number;
  /** Coarse bin of each bin of the term. */
  readonly coarse: Uint16Array;
  readonly bins: number;
  readonly first: number;
  readonly direction: Direction;
}

export interface PairLayout {
  readonly a: AxisLayout;
  readonly b: AxisLayout;
}

/** Tables of an additive model under construction: one per term, one (row-major) per pair, and an intercept. */
export interface Tables {
  intercept: number;
  readonly terms: Float64Array[];
  readonly pairs: Float64Array[];
}

/** Binned rows: columns of bin indexes, outcome and weight. */
export interface BinnedRows {
  readonly rows: number;
  readonly bins: readonly Uint16Array[];
  readonly bad: Uint8Array;
  readonly weight: Float64Array | null;
}

export function zeroTables(terms: readonly TermLayout[], pairs: readonly PairLayout[], intercept = 0): Tables {
  return {
    intercept,
    terms: terms.map((term) => new Float64Array(term.bins)),
    pairs: pairs.map((pair) => new Float64Array(pair.a.bins * pair.b.bins)),
  };
}

/** Cell of each row in the table of a pair. */
export function pairCells(pair: PairLayout, bins: readonly Uint16Array[]): Uint16Array {
  const a = bins[pair.a.term]!;
  const b = bins[pair.b.term]!;
  const { coarse: coarseA } = pair.a;
  const { coarse: coarseB } = pair.b;
  const width = pair.b.bins;
  const cells = new Uint16Array(a.length);
  for (let i = 0; i < cells.length; i++) cells[i] = coarseA[a[i]!]! * width + coarseB[b[i]!]!;
  return cells;
}

/** Log-odds of every row. */
export function logOdds(tables: Tables, pairs: readonly PairLayout[], data: BinnedRows): Float64Array {
  const scores = new Float64Array(data.rows).fill(tables.intercept);
  const add = (table: Float64Array, cells: Uint16Array): void => {
    for (let i = 0; i < scores.length; i++) scores[i]! += table[cells[i]!]!;
  };
  tables.terms.forEach((table, t) => add(table, data.bins[t]!));
  pairs.forEach((pair, p) => add(tables.pairs[p]!, pairCells(pair, data.bins)));
  return scores;
}

/** The given rows of binned data, copied. */
export function takeRows(data: BinnedRows, rows: Int32Array): BinnedRows {
  const take = <T extends Uint16Array | Uint8Array | Float64Array>(column: T, taken: T): T => {
    for (let i = 0; i < rows.length; i++) taken[i] = column[rows[i]!]!;
    return taken;
  };
  return {
    rows: rows.length,
    bins: data.bins.map((column) => take(column, new Uint16Array(rows.length))),
    bad: take(data.bad, new Uint8Array(rows.length)),
    weight: data.weight && take(data.weight, new Float64Array(rows.length)),
  };
}
