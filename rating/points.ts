import { z } from 'zod';
import { parseData } from './parse-data.ts';

/** How log-odds become points: `pointsToDoubleOdds` more points double the odds of being good; `baseScore` stands at `baseOdds` good to one bad. */
export interface PointsScale {
  readonly name: string;
  readonly version: number;
  readonly pointsToDoubleOdds: number;
  readonly baseScore: number;
  readonly baseOdds: number;
}

const schema = z.strictObject({
  name: z.string().min(1),
  version: z.int().min(1),
  pointsToDoubleOdds: z.number().positive(),
  baseScore: z.number(),
  baseOdds: z.number().positive(),
});

/** Reads a points scale from data; throws INVALID_SPEC with every problem. */
export function parsePointsScale(data: unknown): PointsScale {
  return parseData(schema, data, 'points scale');
}

/** Points that one unit of log-odds is worth: PDO / ln 2 (Siddiqi, Credit Risk Scorecards, 2006, ch. 6). */
export function pointsPerLogOdds(scale: PointsScale): number {
  return scale.pointsToDoubleOdds / Math.LN2;
}

/** Score in points, unrounded: base score + PDO / ln 2 * (ln(odds good : bad) - ln(base odds)); higher is safer. */
export function pointsOf(logOdds: number, scale: PointsScale): number {
  return scale.baseScore + pointsPerLogOdds(scale) * (-logOdds - Math.log(scale.baseOdds));
}
