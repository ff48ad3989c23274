import type { FeatureTerm } from '../artefact/glass-box.ts';
import { firstOrdinary } from '../binning/index.ts';

/** A feature in few parts: the part of each row, and the bins of the term that make each part. */
export interface CoarseColumn {
  readonly parts: Uint16Array;
  readonly bins: readonly (readonly number[])[];
}

/**
 * Joins a term's bins into parts of about equal rows: neighbouring bins of a number, the most frequent levels of a category alone and the others
 * together. Missing and each special code, where rows have them, are parts of their own. At most `most` ordinary parts.
 */
export function coarseColumn({ encoding, shape }: FeatureTerm, bins: Int32Array, most: number): CoarseColumn {
  const counts = new Float64Array(shape.length);
  for (const bin of bins) counts[bin]!++;
  const first = firstOrdinary(encoding);
  const ordinary = [...counts.keys()].slice(first);
  const parts: number[][] = [];
  for (let bin = 0; bin < first; bin++) if (counts[bin]! > 0) parts.push([bin]);
  if (encoding.kind === 'number') parts.push(...runs(ordinary, counts, most));
  else {
    const byRows = ordinary.filter((bin) => counts[bin]! > 0).sort((a, b) => counts[b]! - counts[a]! || a - b);
    const alone = byRows.length <= most ? byRows : byRows.slice(0, most - 1);
    for (const bin of alone) parts.push([bin]);
    if (alone.length < byRows.length) parts.push(byRows.slice(alone.length));
  }
  const partOf = new Uint16Array(shape.length);
  parts.forEach((members, part) => members.forEach((bin) => (partOf[bin] = part)));
  return { parts: Uint16Array.from(bins, (bin) => partOf[bin]!), bins: parts };
}

/** Neighbouring bins joined until each run has its share of the rows. */
function runs(bins: readonly number[], counts: Float64Array, most: number): number[][] {
  let rows = bins.reduce((sum, bin) => sum + counts[bin]!, 0);
  let left = most;
  let inRun = 0;
  const found: number[][] = [[]];
  for (const bin of bins) {
    if (left > 1 && inRun > 0 && inRun + counts[bin]! / 2 > rows / left) {
      rows -= inRun;
      left--;
      inRun = 0;
      found.push([]);
    }
    found.at(-1)!.push(bin);
    inRun += counts[bin]!;
  }
  return found.filter((run) => run.some((bin) => counts[bin]! > 0));
}
