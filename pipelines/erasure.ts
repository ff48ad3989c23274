import type { Client } from '@temporalio/client';
import { answered } from './client.ts';
import type { EraseInput, EraseOutcome } from './messages.ts';

/** The id of a tenant's workflow of erasures: one runs at a time, for all customers that wait. */
export function eraseWorkflowId(tenant: string): string {
  return `${tenant}/erase-customers`;
}

/** Sees that the workflow of erasures runs; one that runs already takes the new ones along. */
export async function startErasures(client: Client, input: EraseInput): Promise<void> {
  await answered(() =>
    client.workflow.start('eraseCustomers', {
      workflowId: eraseWorkflowId(input.tenant),
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}

/** The same, and waits for its end. */
export function eraseCustomers(client: Client, input: EraseInput): Promise<EraseOutcome> {
  return answered(() =>
    client.workflow.execute<(input: EraseInput) => Promise<EraseOutcome>>('eraseCustomers', {
      workflowId: eraseWorkflowId(input.tenant),
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}
