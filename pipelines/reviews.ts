import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { CustomerReview, ReviewEvent } from '../rating/reviews/review.ts';
import { answered, fromTemporal } from './client.ts';
import type { ReviewInput } from './messages.ts';

/** The id of a review's workflow. */
export function reviewWorkflowId(tenant: string, reviewId: string): string {
  return `${tenant}/review/${reviewId}`;
}

/** Starts following a review; one that is followed already, or was closed, stays as it is. */
export async function followReview(client: Client, input: ReviewInput): Promise<void> {
  try {
    await client.workflow.start('customerReview', {
      workflowId: reviewWorkflowId(input.tenant, input.review.reviewId),
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw fromTemporal(error);
  }
}

/** Acts on a review and waits until that is stored. REVIEW_REFUSED, REVIEW_CLOSED by its law; WORKFLOW_NOT_FOUND where nobody follows it. */
export function actOnReview(
  client: Client,
  tenant: string,
  reviewId: string,
  event: ReviewEvent,
): Promise<CustomerReview> {
  return answered(() =>
    client.workflow
      .getHandle(reviewWorkflowId(tenant, reviewId))
      .executeUpdate<CustomerReview, [ReviewEvent]>('act', { args: [event] }),
  );
}

/** The review as its workflow sees it. */
export function readReview(client: Client, tenant: string, reviewId: string): Promise<CustomerReview> {
  return answered(() => client.workflow.getHandle(reviewWorkflowId(tenant, reviewId)).query<CustomerReview>('review'));
}
