import { seededRandom, shuffled } from '../../base/random.ts';

/** A PD whose odds are `factor` times as high. */
export function raisedOdds(pd: number, factor: number): number {
  return (factor * pd) / (1 - pd + factor * pd);
}

/**
 * Fuzzy augmentation: each rejected application counts as a default with its PD (odds raised by `factor`) and as a non-default with the
 * rest; the same as two rows with these weights. Assumes that rejected applications default as accepted ones with the same features do,
 * but for the factor. With factor 1 it adds no information: the fit that gave the PDs stays the best one.
 */
export function fuzzyOutcomes(pd: ArrayLike<number>, factor: number): Float64Array {
  return Float64Array.from(pd, (p) => raisedOdds(p, factor));
}

/**
 * Parcelling: within bands of PD (deciles of the accepted ones) rejected applications get outcomes at random, at the accepted default rate
 * of the band with its odds raised by `factor`. Assumes that within a band rejected ones differ from accepted ones by the factor alone,
 * whatever made them be rejected. A band without defaults gets the rate of half a default.
 */
export function parcelledOutcomes(
  accepted: { readonly pd: ArrayLike<number>; readonly bad: ArrayLike<number> },
  rejected: ArrayLike<number>,
  factor: number,
  seed: number,
  bands = 10,
): Uint8Array {
  const sorted = Float64Array.from(accepted.pd).sort();
  const edges = [
    ...new Set(Array.from({ length: bands - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / bands)]!)),
  ];
  const bandOf = (p: number): number => {
    const above = edges.findIndex((edge) => p < edge);
    return above < 0 ? edges.length : above;
  };
  const counts = Array.from({ length: edges.length + 1 }, () => ({ rows: 0, bads: 0, rejects: [] as number[] }));
  for (let row = 0; row < accepted.pd.length; row++) {
    const band = counts[bandOf(accepted.pd[row]!)]!;
    band.rows++;
    band.bads += accepted.bad[row]!;
  }
  for (let row = 0; row < rejected.length; row++) counts[bandOf(rejected[row]!)]!.rejects.push(row);
  const outcome = new Uint8Array(rejected.length);
  counts.forEach(({ rows, bads, rejects }, band) => {
    const rate = raisedOdds(Math.min(rows - 0.5, Math.max(0.5, bads)) / Math.max(1, rows), factor);
    const order = shuffled(rejects, seededRandom(`parcelling/${seed}/${band}`));
    for (const row of order.slice(0, Math.round(rate * rejects.length))) outcome[row] = 1;
  });
  return outcome;
}
