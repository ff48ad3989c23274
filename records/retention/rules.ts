import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot, ProbityError, schemaProblems } from '../../base/index.ts';

/** Kinds of records that are removed once they are old. */
export const RETAINED_KINDS = [
  'data-accesses',
  'report-links',
  'credit-file-versions',
  'cases',
  'warnings',
  'disputes',
  'idempotency-keys',
] as const;
export type RetainedKind = (typeof RETAINED_KINDS)[number];

const rulesSchema = z.partialRecord(z.enum(RETAINED_KINDS), z.int().min(1).max(1200));

/** Months for which each kind is kept; a kind without a number is kept for ever. */
export type RetentionRules = z.output<typeof rulesSchema>;

const FILE = 'retention-rules.json';

/** The rules of the project's rules folder, where that has `retention-rules.json`, else those of the package. Throws INVALID_SPEC. */
export function loadRetentionRules(rulesDir: string | null): RetentionRules {
  const own = rulesDir === null ? null : join(rulesDir, FILE);
  const path = own !== null && existsSync(own) ? own : join(packageRoot(), 'records', 'retention', FILE);
  const result = rulesSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (result.success) return result.data;
  throw new ProbityError('INVALID_SPEC', `${FILE} is not valid.`, {
    problems: schemaProblems(rulesSchema, result.error),
  });
}
