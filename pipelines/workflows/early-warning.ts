import { continueAsNew, patched } from '@temporalio/workflow';
import { applyWarningEvent } from '../../rating/warnings/follow-up.ts';
import { warningWakesAt, type EarlyWarning, type WarningEvent } from '../../rating/warnings/warning.ts';
import type { WarningInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';
import { follow } from './followed.ts';

/**
 * Follows an early warning: acknowledged, acted upon, put off or closed by people, told by later ratings that its trigger is seen again or gone, and
 * handed on by the clock when it, or one of its countermeasures, is ignored or overdue. Ends when it is closed.
 */
export async function earlyWarning(input: WarningInput): Promise<EarlyWarning> {
  const { saveWarning } = trainingActivities(input);
  const { handling } = input;
  const wakesAt = patched('measures-are-watched')
    ? warningWakesAt
    : (warning: EarlyWarning) => warningWakesAt({ ...warning, measures: [] });
  const { state, revision, isClosed } = await follow<EarlyWarning, WarningEvent>({
    name: 'warning',
    state: input.warning,
    revision: input.revision ?? 0,
    apply: (now, before, event) => applyWarningEvent(now, before, event, handling),
    isClosed: ({ closedAt }) => closedAt !== null,
    wakesAt: (warning) => wakesAt(warning) ?? warning.closeBy,
    timePassed: () => ({ kind: 'time-passed' }),
    save: ({ state: after, ...step }) => saveWarning({ warning: after, ...step }),
  });
  return isClosed ? state : continueAsNew<typeof earlyWarning>({ ...input, warning: state, revision });
}
