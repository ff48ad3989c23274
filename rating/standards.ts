import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/index.ts';
import { parseMasterScale, type MasterScale } from './master-scale.ts';
import { parsePointsScale, type PointsScale } from './points.ts';
import { parseRatingPolicy, type RatingPolicy } from './policy.ts';

/** The data that turn a PD into a rating: versioned together, and named in every rating. */
export interface RatingStandards {
  readonly points: PointsScale;
  readonly masterScale: MasterScale;
  readonly policy: RatingPolicy;
}

/** The standards that come with the package (rating/scales), read from disk; throws INVALID_SPEC where one is not valid. */
export function defaultStandards(): RatingStandards {
  return {
    points: parsePointsScale(read('points.json')),
    masterScale: parseMasterScale(read('master-12.json')),
    policy: parseRatingPolicy(read('policy.json')),
  };
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(packageRoot(), 'rating', 'scales', file), 'utf8')) as unknown;
}
