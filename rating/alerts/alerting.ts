import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';
import { alertingSchema, type Alerting } from './alerting-schema.ts';

/** Where a project keeps who is told of what, within its rules folder. */
export const ALERTING_FILE = 'alerting.json';

/** Who is told of what in a project: its own file where its rules folder holds one, else the package's, which knows no people. Throws INVALID_SPEC naming every problem. */
export function loadAlerting(rulesDir: string | null): Alerting {
  return parseData(alertingSchema, readRatingData(rulesDir, ALERTING_FILE, 'alerts'), 'alerting');
}
