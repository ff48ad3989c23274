import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot, ProbityError, schemaProblems } from '../../base/index.ts';

const law = z
  .strictObject({ days: z.int().min(1).max(365), remindDaysBefore: z.int().min(0), source: z.string().min(1) })
  .refine(({ days, remindDaysBefore }) => remindDaysBefore < days, 'A reminder comes after the opening.');
const deadlinesSchema = z
  .strictObject({ default: z.string(), laws: z.record(z.string().regex(/^[A-Z]{2}$/), law) })
  .refine((all) => Object.hasOwn(all.laws, all.default), 'The default is one of the laws.');

/** How long each jurisdiction gives for deciding a dispute, and where that is said. */
export type DisputeDeadlines = z.output<typeof deadlinesSchema>;

const FILE = 'dispute-deadlines.json';

/** The deadlines of the project's rules folder, where that has `dispute-deadlines.json`, else those of the package. Throws INVALID_SPEC. */
export function loadDisputeDeadlines(rulesDir: string | null): DisputeDeadlines {
  const own = rulesDir === null ? null : join(rulesDir, FILE);
  const path = own !== null && existsSync(own) ? own : join(packageRoot(), 'rating', 'disputes', FILE);
  const result = deadlinesSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (result.success) return result.data;
  throw new ProbityError('INVALID_SPEC', `${FILE} is not valid.`, {
    problems: schemaProblems(deadlinesSchema, result.error),
  });
}
