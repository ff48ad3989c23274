import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { Dispute, DisputeEvent } from '../rating/disputes/dispute.ts';
import { answered, fromTemporal } from './client.ts';
import type { DisputeInput } from './messages.ts';

/** The id of a dispute's workflow. */
export function disputeWorkflowId(tenant: string, disputeId: string): string {
  return `${tenant}/dispute/${disputeId}`;
}

/** Starts following a dispute; one that is followed already, or was closed, stays as it is. */
export async function followDispute(client: Client, input: DisputeInput): Promise<void> {
  try {
    await client.workflow.start('dispute', {
      workflowId: disputeWorkflowId(input.tenant, input.dispute.disputeId),
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw fromTemporal(error);
  }
}

/** Acts on a dispute and waits until that is stored. DISPUTE_REFUSED, DISPUTE_CLOSED by its law; WORKFLOW_NOT_FOUND where nobody follows it. */
export function actOnDispute(client: Client, tenant: string, disputeId: string, event: DisputeEvent): Promise<Dispute> {
  return answered(() =>
    client.workflow
      .getHandle(disputeWorkflowId(tenant, disputeId))
      .executeUpdate<Dispute, [DisputeEvent]>('act', { args: [event] }),
  );
}
