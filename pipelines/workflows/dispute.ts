import { continueAsNew } from '@temporalio/workflow';
import { applyDisputeEvent, type Dispute, type DisputeEvent } from '../../rating/disputes/dispute.ts';
import type { DisputeInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';
import { follow } from './followed.ts';

/** Follows a customer's dispute: people decide it by updates; the clock reminds before its deadline and hands it up when it is late. */
export async function dispute(input: DisputeInput): Promise<Dispute> {
  const { saveDispute } = trainingActivities(input);
  const { state, revision, isClosed } = await follow<Dispute, DisputeEvent>({
    name: 'dispute',
    state: input.dispute,
    revision: input.revision ?? 0,
    apply: applyDisputeEvent,
    isClosed: ({ closedAt }) => closedAt !== null,
    wakesAt: ({ wakesAt }) => wakesAt,
    timePassed: () => ({ kind: 'time-passed' }),
    save: ({ state: after, ...step }) => saveDispute({ dispute: after, ...step }),
  });
  return isClosed ? state : continueAsNew<typeof dispute>({ ...input, dispute: state, revision });
}
