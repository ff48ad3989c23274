import type { Client } from '@temporalio/client';
import { fromTemporal } from './client.ts';
import type { WebhookInput } from './messages.ts';

/** The id of a webhook's workflow. */
export function webhookWorkflowId(tenant: string, webhookId: string): string {
  return `${tenant}/webhook/${webhookId}`;
}

/** Wakes the workflow that delivers to a webhook, starting it where none runs. */
export async function wakeWebhook(client: Client, input: WebhookInput): Promise<void> {
  try {
    await client.workflow.signalWithStart('deliverWebhooks', {
      workflowId: webhookWorkflowId(input.tenant, input.webhookId),
      taskQueue: input.queues.training,
      signal: 'wake',
      args: [input],
    });
  } catch (error) {
    throw fromTemporal(error);
  }
}
