import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { EarlyWarning, WarningEvent } from '../rating/warnings/warning.ts';
import { answered, fromTemporal } from './client.ts';
import type { WarningInput } from './messages.ts';

/** The id of a warning's workflow. */
export function warningWorkflowId(tenant: string, warningId: string): string {
  return `${tenant}/warning/${warningId}`;
}

/** Starts following a warning; one that is followed already, or was closed, stays as it is. */
export async function followWarning(client: Client, input: WarningInput): Promise<void> {
  try {
    await client.workflow.start('earlyWarning', {
      workflowId: warningWorkflowId(input.tenant, input.warning.warningId),
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw fromTemporal(error);
  }
}

/** Acts on a warning and waits until that is stored. WARNING_REFUSED, WARNING_CLOSED by its law; WORKFLOW_NOT_FOUND where nobody follows it. */
export function actOnWarning(
  client: Client,
  tenant: string,
  warningId: string,
  event: WarningEvent,
): Promise<EarlyWarning> {
  return answered(() =>
    client.workflow
      .getHandle(warningWorkflowId(tenant, warningId))
      .executeUpdate<EarlyWarning, [WarningEvent]>('act', { args: [event] }),
  );
}

/** The warning as its workflow sees it. */
export function readWarning(client: Client, tenant: string, warningId: string): Promise<EarlyWarning> {
  return answered(() => client.workflow.getHandle(warningWorkflowId(tenant, warningId)).query<EarlyWarning>('warning'));
}
