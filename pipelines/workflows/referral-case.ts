import { continueAsNew } from '@temporalio/workflow';
import { applyCaseEvent, type CaseEvent, type ReferralCase } from '../../rating/cases/case.ts';
import type { CaseInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';
import { follow } from './followed.ts';

/**
 * Follows a referred case: people act on it by updates, refused by the case's own law before they enter history; a deadline
 * that passes hands it to the next level. Ends when the case is decided or withdrawn.
 */
export async function referralCase(input: CaseInput): Promise<ReferralCase> {
  const { saveCase } = trainingActivities(input);
  const { authority } = input;
  const { state, revision, isClosed } = await follow<ReferralCase, CaseEvent>({
    name: 'case',
    state: input.case,
    revision: input.revision ?? 0,
    apply: (now, before, event) => applyCaseEvent(now, before, event, authority),
    isClosed: ({ closedAt }) => closedAt !== null,
    wakesAt: ({ deadline }) => deadline,
    timePassed: () => ({ kind: 'deadline-passed' }),
    save: ({ state: after, ...step }) => saveCase({ case: after, ...step }),
  });
  return isClosed ? state : continueAsNew<typeof referralCase>({ ...input, case: state, revision });
}
