import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';
import { controlPolicySchema, type ControlPolicy } from './control-schema.ts';

/** Where a project keeps its teams and their targets, within its rules folder. */
export const CONTROL_FILE = 'control.json';

/** Teams and targets of a project: its own file where its rules folder holds one, else the package's, which knows no teams. Throws INVALID_SPEC naming every problem. */
export function loadControlPolicy(rulesDir: string | null): ControlPolicy {
  return parseData(controlPolicySchema, readRatingData(rulesDir, CONTROL_FILE, 'control'), 'control policy');
}
