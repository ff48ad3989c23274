import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { ProbityError } from '../../base/errors.ts';
import { applyCaseEvent, type CaseEvent, type ReferralCase } from '../../rating/cases/case.ts';
import type { CaseInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';

/** The case as it stands. */
export const caseQuery = defineQuery<ReferralCase>('case');

/** Something that a person or an application does to the case; answers the case once that is stored. */
export const actUpdate = defineUpdate<ReferralCase, [CaseEvent]>('act');

/**
 * Follows a referred case: people act on it by updates, refused by the case's own law before they enter history; a deadline
 * that passes hands it to the next level. Ends when the case is decided or withdrawn.
 */
export async function referralCase(input: CaseInput): Promise<ReferralCase> {
  const { saveCase } = trainingActivities(input);
  const { authority } = input;
  let current = input.case;
  let revision = input.revision ?? 0;
  const now = (): string => new Date(Date.now()).toISOString();
  const isClosed = (): boolean => current.closedAt !== null;

  const take = async (event: CaseEvent): Promise<void> => {
    const at = now();
    current = applyCaseEvent(at, current, event, authority);
    revision++;
    await saveCase({ case: current, revision, event, at });
  };

  setHandler(caseQuery, () => current);
  setHandler(
    actUpdate,
    async (event) => {
      await take(event);
      return current;
    },
    {
      validator: (event) => {
        try {
          applyCaseEvent(now(), current, event, authority);
        } catch (error) {
          throw refusal(error);
        }
      },
    },
  );

  while (!isClosed()) {
    const deadline = Date.parse(current.deadline);
    const moved = await condition(
      () => isClosed() || Date.parse(current.deadline) !== deadline || workflowInfo().continueAsNewSuggested,
      Math.max(1, deadline - Date.now()),
    );
    if (!moved) await take({ kind: 'deadline-passed' });
    else if (!isClosed() && workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      return continueAsNew<typeof referralCase>({ ...input, case: current, revision });
    }
  }
  await condition(allHandlersFinished);
  return current;
}

function refusal(error: unknown): Error {
  if (!(error instanceof ProbityError))
    return ApplicationFailure.nonRetryable('This is no event of a case.', 'INVALID_INPUT');
  const details = [{ fix: error.fix, problems: error.problems }];
  return ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: true, details });
}
