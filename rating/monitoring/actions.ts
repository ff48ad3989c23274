import { z } from 'zod';
import { parseData } from '../parse-data.ts';
import { readRatingData } from '../project-data.ts';

/** Where a project keeps an action policy of its own, within its rules folder. */
export const ACTIONS_FILE = 'monitoring-actions.json';

/**
 * What can follow an alarm. `notify`: it is put on record in the audit chain. `retrain`: a retraining begins, whose candidate waits for a person. `shadow`: the
 * candidate of such a retraining that waits scores in the shadow of its slot. `fall-back`: the model that served before takes the slot
 * back, where it reads none of the inputs that are broken. `rules-only`: the slot rates by rules alone, until a person or another champion ends it.
 * They are taken in this order, so that rules alone rate where no model before could take over.
 */
export const MONITORING_ACTIONS = ['notify', 'retrain', 'shadow', 'fall-back', 'rules-only'] as const;

export type MonitoringAction = (typeof MONITORING_ACTIONS)[number];

const action = z.enum(MONITORING_ACTIONS);
const limit = z.strictObject({
  /** So often within so many days, at most. */
  most: z.int().min(1).max(100),
  days: z.int().min(1).max(365),
});

const policySchema = z.strictObject({
  /** On an alarm whose inputs are whole. A broken input is no reason to learn from it, or to leave a model that is no worse than before. */
  onAlarm: z.array(action.exclude(['fall-back', 'rules-only'])),
  onBrokenInputs: z.array(action.exclude(['retrain', 'shadow'])),
  limits: z.strictObject({
    notify: limit,
    retrain: limit,
    shadow: limit,
    'fall-back': limit,
    // Policies written before it was there say nothing of it.
    'rules-only': limit.default({ most: 1, days: 30 }),
  }),
  /** Share of the slot's customers whose ratings a shadow scores. */
  shadowShare: z.number().gt(0).max(1),
});

/** What follows an alarm, and how often at most. */
export type ActionPolicy = z.infer<typeof policySchema>;

/** An action that was taken before. */
export interface TakenAction {
  readonly action: MonitoringAction;
  /** ISO instant. */
  readonly at: string;
}

/** What is to be done now, and what its limit keeps from being done. */
export interface PlannedActions {
  readonly due: readonly MonitoringAction[];
  readonly limited: readonly MonitoringAction[];
}

const DAY = 86_400_000;

/**
 * What a report calls for. An action that was taken as often as its limit allows, within its days, is not due: an alarm that lasts, and a retraining that does not mend
 * it, cannot go round in a circle. A clock that goes back opens no limit: what was taken at a later instant counts, too.
 */
export function planActions(
  policy: ActionPolicy,
  report: { readonly result: 'alarm' | 'immaterial' | 'quiet'; readonly broken: readonly string[] },
  taken: readonly TakenAction[],
  now: string,
): PlannedActions {
  if (report.result !== 'alarm') return { due: [], limited: [] };
  const named: readonly MonitoringAction[] = report.broken.length > 0 ? policy.onBrokenInputs : policy.onAlarm;
  const asked = MONITORING_ACTIONS.filter((each) => named.includes(each));
  const isFree = (each: MonitoringAction): boolean => {
    const { most, days } = policy.limits[each];
    const since = Date.parse(now) - days * DAY;
    return taken.filter(({ action: one, at }) => one === each && Date.parse(at) > since).length < most;
  };
  return { due: asked.filter(isFree), limited: asked.filter((each) => !isFree(each)) };
}

/** A project's policy: its own file where its rules folder holds one, else the package's. Throws INVALID_SPEC naming every problem. */
export function loadActionPolicy(rulesDir: string | null): ActionPolicy {
  return parseData(policySchema, readRatingData(rulesDir, ACTIONS_FILE, 'monitoring'), 'monitoring actions');
}
