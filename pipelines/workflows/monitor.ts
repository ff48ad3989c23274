import { ApplicationFailure, executeChild, isCancellation, patched, rootCause, uuid4 } from '@temporalio/workflow';
import type { Look, MonitorInput, MonitoringOutcome, KeyedSlot, NotFollowed, SlotFamily } from '../messages.ts';
import { featuresActivities, trainingActivities } from './activity-options.ts';
import { progressLog } from './progress-log.ts';
import { rescorePortfolio } from './rescore-portfolio.ts';

/**
 * Scores the portfolio with its champions, looks at each model by the customers of its slot, and takes what the policy says must follow for that slot, one after the other. A day that was looked
 * at already stays as it was, and what followed it is not done again. What keeps one slot from being looked at is put on record and keeps no other from it; where it keeps all of them, the
 * first is what the workflow fails with.
 */
export async function monitor(input: MonitorInput): Promise<MonitoringOutcome> {
  const { requestId: _, resume: __, rescore = true, ...fresh } = input;
  const activities = trainingActivities(input);
  // Runs that began before every slot was followed go on with the one that they were asked for.
  const everySlot = patched('every-slot');
  let steps = 3;
  const log = progressLog('monitor', () => steps);
  const families: readonly SlotFamily[] = everySlot
    ? await log.step('slots', 'finding the slots that have champions', () =>
        activities.followedSlots({ slot: input.slot, only: false }),
      )
    : [{ slots: [{ slot: input.slot, key: input.slot.portfolio }] }];
  const looks: Look[] = [];
  const failures: (KeyedSlot & { readonly error: unknown })[] = [];
  steps = families.reduce((sum, { slots }) => sum + 2 * slots.length + Number(rescore), Number(everySlot));
  for (const { slots } of families) {
    const [first] = slots;
    if (first === undefined) continue;
    try {
      if (rescore)
        await log.step('rescore', `scoring the portfolio: ${first.key}`, () =>
          executeChild(rescorePortfolio, { args: [{ ...fresh, slot: first.slot }] }),
        );
    } catch (error) {
      if (!everySlot || isCancellation(error)) throw error;
      failures.push(...slots.map((each) => ({ ...each, error })));
      continue;
    }
    for (const each of slots) {
      try {
        looks.push(await lookAt(input, each, log));
      } catch (error) {
        if (!everySlot || isCancellation(error)) throw error;
        failures.push({ ...each, error });
      }
    }
  }
  const notFollowed = failures.map(({ key, error }) => notFollowedOf(key, error));
  if (everySlot) await activities.noteNotFollowed({ notFollowed, only: false });
  if (looks.length === 0 && failures[0] !== undefined) throw failures[0].error;
  return { looks, notFollowed };
}

async function lookAt(
  input: MonitorInput,
  { slot, key }: KeyedSlot,
  log: ReturnType<typeof progressLog>,
): Promise<Look> {
  const { tenant, queues } = input;
  const seen = await log.step('monitor', `looking at the model of ${key}`, () =>
    featuresActivities(input).monitorModel({ slot }),
  );
  const { reportId } = seen;
  const activities = trainingActivities(input);
  const actions = await log.step('actions', `doing what follows for ${key}`, async () => {
    const taken: Look['actions'][number][] = [];
    for (const action of await activities.planMonitoringActions({ reportId })) {
      const retrain = { tenant, queues, slot, requestId: uuid4() };
      taken.push({ action, ...(await activities.takeMonitoringAction({ reportId, action, retrain })) });
    }
    return taken;
  });
  return { ...seen, actions };
}

/** Why a slot was not looked at: the code and words of the failure behind it. */
function notFollowedOf(slot: string, error: unknown): NotFollowed {
  let code = 'INTERNAL';
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ApplicationFailure && cause.type) code = cause.type;
  return { slot, code, message: rootCause(error) ?? 'It failed.' };
}
