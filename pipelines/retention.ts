import type { Client } from '@temporalio/client';
import { answered } from './client.ts';
import type { RetentionInput, RetentionOutcome } from './messages.ts';

/** Applies the retention rules and waits for the end; where that is under way already, for that one. */
export function applyRetentionRules(client: Client, input: RetentionInput): Promise<RetentionOutcome> {
  return answered(() =>
    client.workflow.execute<(input: RetentionInput) => Promise<RetentionOutcome>>('retention', {
      workflowId: `${input.tenant}/retention`,
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}
