import { join } from 'node:path';
import { z } from 'zod';
import { readRulesFile } from '../../base/index.ts';

const FILE = 'reconciliation-rules.json';

const hours = z
  .number()
  .min(1)
  .max(366 * 24);

const rulesSchema = z.strictObject({
  name: z.string().min(1),
  version: z.int().min(1),
  /** Hours within which a source that has ever stated what it holds does so again. */
  statementHours: hours,
  /** Hours of single sources, of which statements are expected even where none has come; null: none are expected. */
  sources: z.record(z.string().min(1).max(200), hours.nullable()),
});

/** How often sources are to state what they hold. */
export type ReconciliationRules = z.output<typeof rulesSchema>;

/** The rules of the project's rules folder, where that has `reconciliation-rules.json`, else those of the package. Throws INVALID_SPEC naming every problem. */
export function loadReconciliationRules(rulesDir: string | null): ReconciliationRules {
  return readRulesFile(rulesSchema, rulesDir, join('records', 'reconciliation'), FILE);
}

/** Hours within which a source is to state again what it holds; null: no statement is expected of it. */
export function statementHoursOf(source: string, rules: ReconciliationRules, hasStated: boolean): number | null {
  const own = Object.hasOwn(rules.sources, source) ? rules.sources[source] : undefined;
  if (own !== undefined) return own;
  return hasStated ? rules.statementHours : null;
}
