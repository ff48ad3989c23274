import { logistic } from '../../models/scoring/index.ts';
import type { MasterScale } from '../master-scale.ts';

/** Log-odds are multiples of 2^-36, so that sums below 2^17 are exact in any order (docs/decisions/0030). */
export const GRAIN = 2 ** -36;

/** The nearest multiple of the grain. */
export function toGrid(logOdds: number): number {
  // `+ 0` turns -0 into 0.
  return Math.round(logOdds / GRAIN) * GRAIN + 0;
}

/** The smallest log-odds on the grid whose PD is not below `pd`; -Infinity for 0. */
export function leastLogOdds(pd: number): number {
  if (pd <= 0) return -Infinity;
  if (pd >= 1) return Infinity;
  let at = toGrid(Math.log(pd / (1 - pd)));
  while (logistic(at) < pd) at += GRAIN;
  while (logistic(at - GRAIN) >= pd) at -= GRAIN;
  return at;
}

/** The greatest log-odds on the grid whose PD is below `pd`; Infinity for 1. */
export function greatestLogOddsBelow(pd: number): number {
  const least = leastLogOdds(pd);
  return Number.isFinite(least) ? least - GRAIN : least;
}

/** A grade's log-odds on the grid, both ends within it. */
export interface GradeBounds {
  readonly code: string;
  readonly from: number;
  readonly to: number;
}

const boundsByScale = new WeakMap<MasterScale, readonly GradeBounds[]>();

/** The bounds of every grade of a scale, safest first; grades too narrow to hold a log-odds have `from > to`. */
export function gradeBounds(scale: MasterScale): readonly GradeBounds[] {
  let bounds = boundsByScale.get(scale);
  if (bounds === undefined) {
    bounds = scale.grades.map(({ code, pdBelow }, i) => ({
      code,
      from: leastLogOdds(i === 0 ? 0 : (scale.grades[i - 1]?.pdBelow ?? 0)),
      to: greatestLogOddsBelow(pdBelow),
    }));
    boundsByScale.set(scale, bounds);
  }
  return bounds;
}
