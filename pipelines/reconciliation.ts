import type { Client } from '@temporalio/client';
import { answered } from './client.ts';
import type { ReconcileInput, ReconcileOutcome } from './messages.ts';

/** Compares every copy of what sources reported and waits for the end; where that is under way already, for that one. */
export function reconcileCopies(client: Client, input: ReconcileInput): Promise<ReconcileOutcome> {
  return answered(() =>
    client.workflow.execute<(input: ReconcileInput) => Promise<ReconcileOutcome>>('reconcile', {
      workflowId: `${input.tenant}/reconcile`,
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}
