import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, packageRoot, ProbityError } from '../../base/index.ts';
import { parseData } from '../parse-data.ts';
import { reviewPolicySchema, type ReviewPolicy } from './policy-schema.ts';

/** Where a project keeps a review policy of its own, within its rules folder. */
export const REVIEW_POLICY_FILE = 'review-policy.json';

/** Parses a review policy; throws INVALID_SPEC naming every problem. */
export function parseReviewPolicy(data: unknown): ReviewPolicy {
  return parseData(reviewPolicySchema, data, 'review policy');
}

/** The review policy of a project: its own file where its rules folder holds one, else the package's. Throws INVALID_SPEC. */
export function loadReviewPolicy(rulesDir: string | null): ReviewPolicy {
  const own = rulesDir === null ? null : join(rulesDir, REVIEW_POLICY_FILE);
  const path = own !== null && existsSync(own) ? own : join(packageRoot(), 'rating', 'reviews', REVIEW_POLICY_FILE);
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ProbityError('INVALID_SPEC', `${REVIEW_POLICY_FILE} cannot be read as JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return parseReviewPolicy(data);
}
