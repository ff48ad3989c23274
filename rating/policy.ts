import { z } from 'zod';
import { parseData } from './parse-data.ts';

/** What to do with a customer of whom we know little, or whose sources are late: rate and flag, or refuse. */
export type PolicyAction = 'flag' | 'refuse';

/** Rating policy as data. */
export interface RatingPolicy {
  readonly name: string;
  readonly version: number;
  /** Thin: less than this share of the model's features is known, or a source was delivered emptier than its spec expects. */
  readonly thin: { readonly knownShareBelow: number; readonly action: PolicyAction };
  /** Stale: a source delivered later than its spec expects. */
  readonly stale: { readonly action: PolicyAction };
  /** How many reasons are named, and the fewest points that make one. */
  readonly reasons: { readonly atMost: number; readonly leastPoints: number };
}

const action = z.enum(['flag', 'refuse']);
const schema = z.strictObject({
  name: z.string().min(1),
  version: z.int().min(1),
  thin: z.strictObject({ knownShareBelow: z.number().min(0).max(1), action }),
  stale: z.strictObject({ action }),
  reasons: z.strictObject({ atMost: z.int().min(0).max(50), leastPoints: z.number().min(0) }),
});

/** Reads a rating policy from data; throws INVALID_SPEC with every problem. */
export function parseRatingPolicy(data: unknown): RatingPolicy {
  return parseData(schema, data, 'rating policy');
}
