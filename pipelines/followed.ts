import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { CaseEvent, ReferralCase } from '../rating/cases/case.ts';
import type { Dispute, DisputeEvent } from '../rating/disputes/dispute.ts';
import type { CustomerReview, ReviewEvent } from '../rating/reviews/review.ts';
import type { EarlyWarning, WarningEvent } from '../rating/warnings/warning.ts';
import { answered, fromTemporal } from './client.ts';
import type { CaseInput, DisputeInput, ReviewInput, WarningInput } from './messages.ts';
import type { TaskQueues } from './task-queues.ts';

/** The workflows that follow things of one kind, one each, until they are closed. */
export interface FollowedClient<Thing, Event, Input> {
  workflowId(tenant: string, id: string): string;
  /** Starts following; what is followed already, or was closed, stays as it is. */
  follow(client: Client, input: Input): Promise<void>;
  /** Acts and waits until that is stored. The refusals of its law, <NAME>_REFUSED and <NAME>_CLOSED; WORKFLOW_NOT_FOUND where nobody follows it. */
  act(client: Client, tenant: string, id: string, event: Event): Promise<Thing>;
  /** It, as its workflow sees it. */
  read(client: Client, tenant: string, id: string): Promise<Thing>;
}

/** `name` is the word of the workflow's id and its query. */
function followedBy<Thing, Event, Input extends { readonly tenant: string; readonly queues: TaskQueues }>(
  workflowType: string,
  name: string,
  idOf: (input: Input) => string,
): FollowedClient<Thing, Event, Input> {
  const workflowId = (tenant: string, id: string): string => `${tenant}/${name}/${id}`;
  return {
    workflowId,
    async follow(client, input) {
      try {
        await client.workflow.start(workflowType, {
          workflowId: workflowId(input.tenant, idOf(input)),
          taskQueue: input.queues.training,
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          args: [input],
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw fromTemporal(error);
      }
    },
    act: (client, tenant, id, event) =>
      answered(() =>
        client.workflow.getHandle(workflowId(tenant, id)).executeUpdate<Thing, [Event]>('act', { args: [event] }),
      ),
    read: (client, tenant, id) => answered(() => client.workflow.getHandle(workflowId(tenant, id)).query<Thing>(name)),
  };
}

export const followedCases = followedBy<ReferralCase, CaseEvent, CaseInput>(
  'referralCase',
  'case',
  (input) => input.case.caseId,
);
export const followedWarnings = followedBy<EarlyWarning, WarningEvent, WarningInput>(
  'earlyWarning',
  'warning',
  ({ warning }) => warning.warningId,
);
export const followedReviews = followedBy<CustomerReview, ReviewEvent, ReviewInput>(
  'customerReview',
  'review',
  ({ review }) => review.reviewId,
);
export const followedDisputes = followedBy<Dispute, DisputeEvent, DisputeInput>(
  'dispute',
  'dispute',
  ({ dispute }) => dispute.disputeId,
);
