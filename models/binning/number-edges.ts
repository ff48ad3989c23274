/** Which of the ordinary bins between `edges` a value lies in, from 0; a value at an edge lies above it. */
export function binAmong(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Edges of the ordinary bins of a number feature: weighted quantiles over distinct values, a value never split over two bins.
 * `values` are finite ordinary values (missing and special codes removed), `weights` their weights or null. At most `maxBins` bins,
 * each of at least `minRows` rows where there are several. Each edge lies between two neighbouring values, at the shortest decimal
 * number there, so that a printed edge is the edge.
 */
export function numberEdges(
  values: Float64Array,
  weights: Float64Array | null,
  maxBins: number,
  minRows: number,
): number[] {
  const { distinct, mass, rows } = tally(values, weights);
  if (distinct.length < 2 || maxBins < 2) return [];
  let remaining = mass.reduce((sum, each) => sum + each, 0);
  let remainingRows = values.length;
  let binsLeft = maxBins;
  let inBin = 0;
  let rowsInBin = 0;
  const edges: number[] = [];
  for (let i = 0; i + 1 < distinct.length && binsLeft > 1; i++) {
    inBin += mass[i]!;
    rowsInBin += rows[i]!;
    const target = remaining / binsLeft;
    // Close the bin where it is nearest to its share: now, or after the next value.
    const closeNow =
      inBin >= target || (inBin + mass[i + 1]! > target && inBin + mass[i + 1]! - target > target - inBin);
    if (!closeNow || rowsInBin < minRows || remainingRows - rowsInBin < minRows) continue;
    edges.push(shortestBetween(distinct[i]!, distinct[i + 1]!));
    remaining -= inBin;
    remainingRows -= rowsInBin;
    binsLeft--;
    inBin = 0;
    rowsInBin = 0;
  }
  return edges;
}

function tally(values: Float64Array, weights: Float64Array | null) {
  const distinct: number[] = [];
  const mass: number[] = [];
  const rows: number[] = [];
  const add = (value: number, weight: number): void => {
    const last = distinct.length - 1;
    if (last >= 0 && distinct[last] === value) {
      mass[last]! += weight;
      rows[last]!++;
    } else {
      distinct.push(value === 0 ? 0 : value);
      mass.push(weight);
      rows.push(1);
    }
  };
  if (weights === null) {
    for (const value of Float64Array.from(values).sort()) add(value, 1);
  } else {
    const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);
    for (const i of order) add(values[i]!, weights[i]!);
  }
  return { distinct, mass, rows };
}

/** The number with the fewest decimal digits in (low, high], nearest to the middle. */
export function shortestBetween(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  for (let digits = 1; digits <= 17; digits++) {
    const candidate = Number(middle.toPrecision(digits));
    if (candidate > low && candidate <= high) return candidate === 0 ? 0 : candidate;
  }
  return high;
}
