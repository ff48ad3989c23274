import type { MasterScale } from '../master-scale.ts';
import { gradeBounds, toGrid } from './grid.ts';

/** What one criterion of the expert score answered; more points are safer. */
export interface CriterionPoints {
  readonly name: string;
  readonly points: number;
  readonly weight: number;
  /** Points at which it neither helps nor harms. */
  readonly reference: number;
}

/** How expert points count: `weight` times, `pointsToDoubleOdds` of them doubling the odds of being good. */
export interface BlendWeights {
  readonly weight: number;
  readonly pointsToDoubleOdds: number;
}

/** A bound that a rule sets: the best and the worst grade (or class) that the customer may get; null: none. */
export interface GradeBound {
  readonly noBetterThan: string | null;
  readonly noWorseThan: string | null;
}

/** One part of the final log-odds. */
export type BlendPart =
  | { readonly kind: 'model'; readonly logOdds: number }
  | { readonly kind: 'criterion'; readonly name: string; readonly points: number; readonly logOdds: number }
  /** What a bound moved it by, and the bound that did. */
  | {
      readonly kind: 'bound';
      readonly bound: 'no-better' | 'no-worse';
      readonly grade: string;
      readonly logOdds: number;
    };

/** The blended log-odds: the sum of its parts to the last bit, in any order. */
export interface Blend {
  readonly logOdds: number;
  readonly parts: readonly BlendPart[];
  /** Before bounds: model and criteria. */
  readonly unbounded: number;
}

/**
 * Model and expert rules in one log-odds:
 *
 *     final = clamp(model + sum of w * w_c * (reference_c - points_c) * ln 2 / PDO, best allowed, worst allowed)
 *
 * Each share is rounded to the grid of log-odds, so the parts (a bound's move is one) sum exactly. The result rises with the model's log-odds and
 * falls, or stays, with each criterion's points. Where two bounds contradict, the one that allows no better grade holds.
 */
export function blend(
  modelLogOdds: number,
  criteria: readonly CriterionPoints[],
  bounds: readonly GradeBound[],
  weights: BlendWeights,
  scale: MasterScale,
): Blend {
  const perPoint = (weights.weight * Math.LN2) / weights.pointsToDoubleOdds;
  const model = toGrid(modelLogOdds);
  const shares = criteria.map(({ name, points, weight, reference }) => ({
    kind: 'criterion' as const,
    name,
    points,
    logOdds: toGrid(weight * (reference - points) * perPoint),
  }));
  const unbounded = shares.reduce((sum, { logOdds }) => sum + logOdds, model);
  const { best, worst } = strictestBounds(bounds, scale);
  const logOdds = withinBounds(unbounded, { best, worst });
  const isHeldDown = best !== null && unbounded < best.logOdds;
  const grade = isHeldDown ? best.grade : worst?.grade;
  const part: BlendPart | null =
    logOdds === unbounded || grade === undefined
      ? null
      : { kind: 'bound', bound: isHeldDown ? 'no-better' : 'no-worse', grade, logOdds: logOdds - unbounded };
  return {
    logOdds,
    parts: [{ kind: 'model', logOdds: model }, ...shares, ...(part === null ? [] : [part])],
    unbounded,
  };
}

/** Where a bound lies, and the grade that it names. */
export interface BoundAt {
  readonly grade: string;
  readonly logOdds: number;
}

/** The bounds that bind most: of the best grades allowed the worst, of the worst grades allowed the best; null: none. */
export interface Bounds {
  readonly best: BoundAt | null;
  readonly worst: BoundAt | null;
}

export function strictestBounds(bounds: readonly GradeBound[], scale: MasterScale): Bounds {
  return { best: strictest(bounds, 'noBetterThan', scale), worst: strictest(bounds, 'noWorseThan', scale) };
}

/** Log-odds held within bounds; where the two contradict, the one that allows no better grade holds. */
export function withinBounds(unbounded: number, { best, worst }: Bounds): number {
  if (best !== null && unbounded < best.logOdds) return best.logOdds;
  if (worst === null) return unbounded;
  return Math.min(unbounded, Math.max(worst.logOdds, best?.logOdds ?? -Infinity));
}

/** The bound that binds most: of the best grades allowed the worst, of the worst grades allowed the best. */
function strictest(bounds: readonly GradeBound[], side: keyof GradeBound, scale: MasterScale): BoundAt | null {
  let found: BoundAt | null = null;
  for (const bound of bounds) {
    const named = bound[side];
    if (named === null) continue;
    const at = boundAt(named, side, scale);
    if (at === null) continue;
    if (found === null || (side === 'noBetterThan' ? at.logOdds > found.logOdds : at.logOdds < found.logOdds))
      found = at;
  }
  return found;
}

const CLASSES = ['high', 'middle', 'low'];

/** Where a bound lies: at a grade named by its code, or at the best or worst grade of a class. Null where nothing is bounded. */
function boundAt(named: string, side: keyof GradeBound, scale: MasterScale): BoundAt | null {
  const { grades } = scale;
  const classRank = CLASSES.indexOf(named);
  const ranks = grades.map((grade) => CLASSES.indexOf(grade.class));
  const index =
    classRank === -1
      ? grades.findIndex(({ code }) => code === named)
      : side === 'noBetterThan'
        ? ranks.findIndex((rank) => rank >= classRank)
        : ranks.findLastIndex((rank) => rank <= classRank);
  const bounds = gradeBounds(scale)[index];
  if (bounds === undefined) return null;
  const logOdds = side === 'noBetterThan' ? bounds.from : bounds.to;
  return Number.isFinite(logOdds) ? { grade: bounds.code, logOdds } : null;
}
