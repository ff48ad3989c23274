import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { CaseEvent, ReferralCase } from '../rating/cases/case.ts';
import { answered, fromTemporal } from './client.ts';
import type { CaseInput } from './messages.ts';

/** The id of a case's workflow. */
export function caseWorkflowId(tenant: string, caseId: string): string {
  return `${tenant}/case/${caseId}`;
}

/** Starts following a case; one that is followed already, or was decided, stays as it is. */
export async function followCase(client: Client, input: CaseInput): Promise<void> {
  try {
    await client.workflow.start('referralCase', {
      workflowId: caseWorkflowId(input.tenant, input.case.caseId),
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [input],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw fromTemporal(error);
  }
}

/** Acts on a case and waits until that is stored. CASE_REFUSED, CASE_CLOSED by the case's law; WORKFLOW_NOT_FOUND where nobody follows it. */
export function actOnCase(client: Client, tenant: string, caseId: string, event: CaseEvent): Promise<ReferralCase> {
  return answered(() =>
    client.workflow
      .getHandle(caseWorkflowId(tenant, caseId))
      .executeUpdate<ReferralCase, [CaseEvent]>('act', { args: [event] }),
  );
}

/** The case as its workflow sees it. */
export function readCase(client: Client, tenant: string, caseId: string): Promise<ReferralCase> {
  return answered(() => client.workflow.getHandle(caseWorkflowId(tenant, caseId)).query<ReferralCase>('case'));
}
