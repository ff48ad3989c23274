import { existsSync } from 'node:fs';
import { ProbityError } from '../base/index.ts';
import { parseMasterScale, type MasterScale } from './master-scale.ts';
import { parsePointsScale, type PointsScale } from './points.ts';
import { parseRatingPolicy, type RatingPolicy } from './policy.ts';
import { readRatingData } from './project-data.ts';

/** The data that turn a PD into a rating: versioned together, and named in every rating. */
export interface RatingStandards {
  readonly points: PointsScale;
  readonly masterScale: MasterScale;
  readonly policy: RatingPolicy;
}

/** The file of each standard, in the package (rating/scales) and in a project's rules folder. */
export const RULE_FILES = { points: 'points.json', masterScale: 'master-scale.json', policy: 'policy.json' } as const;

/**
 * The standards of a project: its own file where `rulesDir` holds one, else the package's.
 * Throws INVALID_SPEC where one is not valid, FILE_NOT_FOUND where the folder is missing.
 */
export function loadStandards(rulesDir: string | null): RatingStandards {
  if (rulesDir !== null && !existsSync(rulesDir)) {
    throw new ProbityError('FILE_NOT_FOUND', 'The rules folder that probity.yaml names does not exist.', {
      fix: 'Create it, or set `rules: null` in probity.yaml to use the rules of the package.',
    });
  }
  const read = (file: string): unknown => readRatingData(rulesDir, file, 'scales');
  return {
    points: parsePointsScale(read(RULE_FILES.points)),
    masterScale: parseMasterScale(read(RULE_FILES.masterScale)),
    policy: parseRatingPolicy(read(RULE_FILES.policy)),
  };
}

/** Reads standards from data, as they were recorded with a rating; throws INVALID_SPEC. */
export function parseStandards(data: unknown): RatingStandards {
  const { points, masterScale, policy } = (data ?? {}) as { readonly [key: string]: unknown };
  return {
    points: parsePointsScale(points),
    masterScale: parseMasterScale(masterScale),
    policy: parseRatingPolicy(policy),
  };
}

/** The standards that come with the package. */
export function defaultStandards(): RatingStandards {
  return loadStandards(null);
}
