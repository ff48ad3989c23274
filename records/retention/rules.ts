import { join } from 'node:path';
import { z } from 'zod';
import { ProbityError, readRulesFile } from '../../base/index.ts';
import { FACT_TABLES } from '../../features/retention/index.ts';

/** Kinds of records in the operational database that are removed once they are old; `ratings`: their evidence in the audit chain. */
export const RETAINED_KINDS = [
  'data-accesses',
  'report-links',
  'credit-file-versions',
  'cases',
  'warnings',
  'disputes',
  'reviews',
  'idempotency-keys',
  'portfolio-reports',
  'notices',
  'agreements',
  'alerts',
  'customer-reports',
  'control-reports',
  'reconciliations',
  'ratings',
] as const;
export type RetainedKind = (typeof RETAINED_KINDS)[number];

const months = z.int().min(1).max(1200);
const rulesSchema = z.strictObject({
  ...Object.fromEntries(RETAINED_KINDS.map((kind) => [kind, months.optional()])),
  'portfolio-scores': months.optional(),
  'training-sets': months.optional(),
  facts: z.partialRecord(z.enum(FACT_TABLES), months).default({}),
});

/** Months for which each kind is kept, facts by their table; what has no number is kept for ever. */
export type RetentionRules = { readonly [kind in RetainedKind | 'portfolio-scores' | 'training-sets']?: number } & {
  readonly facts: { readonly [table: string]: number };
};

const FILE = 'retention-rules.json';

/**
 * The least months for facts: training needs observations whose windows closed on both sides of its split, and two years to draw them from; features need
 * their longest window before the first of them, which is kept beyond the months anyway.
 */
export function leastFactMonths(horizonMonths: number): number {
  return 2 * horizonMonths + 24;
}

/**
 * The rules of the project's rules folder, where that has `retention-rules.json`, else those of the package. Throws INVALID_SPEC, also where facts would go
 * that training needs.
 */
export function loadRetentionRules(rulesDir: string | null, horizonMonths: number): RetentionRules {
  const rules = readRulesFile(rulesSchema, rulesDir, join('records', 'retention'), FILE) as RetentionRules;
  const least = leastFactMonths(horizonMonths);
  const short = Object.entries(rules.facts).filter(([, number]) => number < least);
  if (short.length === 0) return rules;
  throw new ProbityError('INVALID_SPEC', `${FILE} is not valid.`, {
    problems: short.map(([table]) => ({
      at: `facts.${table}`,
      message: `Training needs at least ${least} months of facts.`,
    })),
  });
}
