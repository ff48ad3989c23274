/**
 * Numbers cut into cells, counted from 1, by `round((x - centre) / (width + |x - centre|) * spread + middle)`, which rises from end to end
 * of the real line: a cell tells how many edges lie below it, but for a few.
 */
export interface EdgeCells {
  readonly centre: number;
  readonly width: number;
  readonly spread: number;
  readonly middle: number;
  /** Edges that are below every number of a cell, cell by cell. */
  readonly below: readonly number[];
  /** Whether edges may lie within a cell; where none does, the cell alone tells the bin. */
  readonly holds: readonly boolean[];
  /** At most so many edges lie within one cell, */
  readonly most: number;
  /** which so many comparisons tell apart. */
  readonly steps: number;
}

/** Numbers of cells tried, fewest first; each list of cells is read from the cache of a core. */
const CELLS = [64, 256, 1024, 4096];
/** Share of a cell by which two computations of a place may differ; each errs by some units in the last place of a few thousand. */
const SLACK = 1e-6;
/** Within this, no difference, width or sum of a place overflows in a way that changes the cell of a number. */
const FAR = 1e280;

/**
 * Cells in which edges lie evenly: of all widths and numbers of cells tried, the fewest comparisons, then the fewest cells. Edges within the
 * slack of a cell's border count as inside both cells, so that the bin found is exact whoever computes the place.
 */
export function edgeCells(edges: readonly number[], mostCells = Number.POSITIVE_INFINITY): EdgeCells {
  // Where a sum could overflow, one cell that holds all edges is as exact.
  if (edges.some((edge) => Math.abs(edge) > FAR)) return oneCell(edges.length);
  const at = (share: number): number => edges[Math.floor(share * (edges.length - 1))] ?? 0;
  const centre = at(0.5);
  const halfRange = at(0.75) / 2 - at(0.25) / 2 || at(1) / 2 - at(0) / 2 || 1;
  let best:
    (Omit<EdgeCells, 'below' | 'holds'> & { readonly cells: number; readonly places: readonly number[] }) | null = null;
  for (let power = -4; power <= 3; power++) {
    const width = 2 ** power * halfRange;
    const shares = edges.map((edge) => (edge - centre) / (width + Math.abs(edge - centre)));
    if (width === 0 || !shares.every(Number.isFinite)) continue;
    for (const cells of CELLS) {
      if (cells > mostCells) break;
      const spread = (cells - 1) / 2;
      const middle = (cells + 1) / 2;
      const places = shares.map((share) => share * spread + middle);
      const most = mostWithin(places, best === null ? places.length : 2 ** best.steps - 1);
      if (most === null) continue;
      const steps = Math.ceil(Math.log2(most + 1));
      if (best === null || steps < best.steps || (steps === best.steps && cells < best.cells))
        best = { centre, width, spread, middle, most, steps, cells, places };
      if (steps <= 1) break;
    }
  }
  if (best === null) return oneCell(edges.length);
  return { ...best, below: surelyBelow(best.places, best.cells), holds: mayHold(best.places, best.cells) };
}

const oneCell = (edges: number): EdgeCells => ({
  centre: 0,
  width: 1,
  spread: 0,
  middle: 1,
  below: [0],
  holds: [true],
  most: edges,
  steps: Math.ceil(Math.log2(edges + 1)),
});

/** The last cell that an edge may belong to, and the first. */
const lastCell = (place: number): number => Math.round(place + SLACK);
const firstCell = (place: number): number => Math.round(place - SLACK);

/** The most edges that may lie within one cell; null where that is more than `limit`. */
function mostWithin(places: readonly number[], limit: number): number | null {
  let most = 0;
  for (let from = 0, to = 0; to < places.length; to++) {
    while (lastCell(places[from] as number) < firstCell(places[to] as number)) from++;
    most = Math.max(most, to - from + 1);
    if (most > limit) return null;
  }
  return most;
}

/** How many edges lie below every number of each cell. */
function surelyBelow(places: readonly number[], cells: number): number[] {
  let below = 0;
  return Array.from({ length: cells }, (_, k) => {
    while (below < places.length && lastCell(places[below] as number) < k + 1) below++;
    return below;
  });
}

/** The cells that an edge may lie within. */
function mayHold(places: readonly number[], cells: number): boolean[] {
  const holds = Array.from({ length: cells }, () => false);
  for (const place of places) holds.fill(true, firstCell(place) - 1, lastCell(place));
  return holds;
}
