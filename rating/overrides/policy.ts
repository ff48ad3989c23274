import { z } from 'zod';
import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';

const texts = z.strictObject({ en: z.string().min(1), 'zh-CN': z.string().min(1) });
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
          /** Only for verdicts of cases: says nothing that could lift or lower what model and rules decided. */
          casesOnly: z.boolean().default(false),
          /** The person decides for the reasons that model and rules gave: those are told in the place of its text. */
          asRated: z.boolean().default(false),
          text: texts,
        }),
      )
      .min(1),
    /** Conditions that a verdict may set. */
    conditions: z.array(z.strictObject({ code, text: texts })).default([]),
    /** Payment terms that a verdict sets are at most so many days. */
    longestTermDays: z.int().min(0).max(3660).default(180),
  })
  .superRefine(({ reasons, conditions }, context) => {
    for (const [name, list] of Object.entries({ reasons, conditions }))
      list.forEach((each, i) => {
        if (list.findIndex((other) => other.code === each.code) < i)
          context.addIssue({ code: 'custom', path: [name, i], message: 'This code stands twice.' });
      });
    reasons.forEach(({ asRated, casesOnly }, i) => {
      if (asRated && !casesOnly)
        context.addIssue({ code: 'custom', path: ['reasons', i], message: 'asRated is for cases alone (casesOnly).' });
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
