import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';
import { reviewPolicySchema, type ReviewPolicy } from './policy-schema.ts';

/** Where a project keeps a review policy of its own, within its rules folder. */
export const REVIEW_POLICY_FILE = 'review-policy.json';

/** Parses a review policy; throws INVALID_SPEC naming every problem. */
export function parseReviewPolicy(data: unknown): ReviewPolicy {
  return parseData(reviewPolicySchema, data, 'review policy');
}

/** The review policy of a project: its own file where its rules folder holds one, else the package's. Throws INVALID_SPEC. */
export function loadReviewPolicy(rulesDir: string | null): ReviewPolicy {
  return parseReviewPolicy(readRatingData(rulesDir, REVIEW_POLICY_FILE, 'reviews'));
}
