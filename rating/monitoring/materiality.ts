import { z } from 'zod';
import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';

/** Where a project keeps thresholds of its own, within its rules folder. */
export const MONITORING_FILE = 'monitoring.json';

const share = z.number().gt(0).lt(1);

const materialitySchema = z.strictObject({
  /** Largest adjusted p-value that counts as significant at one look. */
  significance: share,
  /** Share of customers in another grade than the reference's shares say, or than they were in before, that matters. */
  gradeShift: share,
  /** Relative change of expected loss of the same customers that matters. */
  expectedLossChange: z.number().positive(),
  /** Relative difference between the bad rate that PDs say and the one that reweighted outcomes say that matters. */
  calibrationError: z.number().positive(),
});

/** From where on a drift is worth somebody's time. */
export type Materiality = z.infer<typeof materialitySchema>;

/** A project's thresholds: its own file where its rules folder holds one, else the package's. Throws INVALID_SPEC naming every problem. */
export function loadMateriality(rulesDir: string | null): Materiality {
  return parseData(materialitySchema, readRatingData(rulesDir, MONITORING_FILE, 'monitoring'), 'monitoring thresholds');
}
