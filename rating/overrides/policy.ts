import { z } from 'zod';
import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';

const code = z.string().regex(/^[A-Z][A-Z0-9_]{0,62}$/);

/** What may be overridden and why, as data. */
export const overridePolicySchema = z
  .strictObject({
    name: z.string().min(1),
    version: z.int().min(1),
    /** An override stands for at most so many days. */
    longestDays: z.int().min(1).max(3660),
    /**
     * Overrides towards a better outcome on ratings of one customer count together towards authority and four eyes: what waits, what stands, and what stood within so many
     * days before.
     */
    togetherDays: z.int().min(0).max(3660).default(90),
    /** Codes of causes that nobody may override towards a better outcome: law, not judgement. */
    never: z.array(code),
    /** Reasons are specific, so that a customer can be told them. */
    reasons: z
      .array(
        z.strictObject({
          code,
          towards: z.enum(['better', 'worse', 'either']),
          /** Whether a written note must say what was seen. */
          noteNeeded: z.boolean(),
          text: z.strictObject({ en: z.string().min(1), 'zh-CN': z.string().min(1) }),
        }),
      )
      .min(1),
  })
  .superRefine(({ reasons }, context) => {
    reasons.forEach((reason, i) => {
      if (reasons.findIndex((other) => other.code === reason.code) < i)
        context.addIssue({ code: 'custom', path: ['reasons', i], message: 'This code stands twice.' });
    });
  });

export type OverridePolicy = z.output<typeof overridePolicySchema>;

/** Parses an override policy; throws INVALID_SPEC naming every problem. */
export function parseOverridePolicy(data: unknown): OverridePolicy {
  return parseData(overridePolicySchema, data, 'override policy');
}

/** Where a project keeps an override policy of its own, within its rules folder. */
export const OVERRIDES_FILE = 'overrides.json';

/** The override policy of a project: its own `overrides.json` where its rules folder holds one, else the package's. Throws INVALID_SPEC where it is not valid. */
export function loadOverridePolicy(rulesDir: string | null): OverridePolicy {
  return parseOverridePolicy(readRatingData(rulesDir, OVERRIDES_FILE, 'overrides'));
}

/** The override policy that comes with the package. */
export function defaultOverridePolicy(): OverridePolicy {
  return loadOverridePolicy(null);
}
