import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import type { WebhookInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';

/** There is something new to deliver. */
export const wakeSignal = defineSignal('wake');

/**
 * Delivers what is pending for one webhook, round by round: what fails is due again later, and the workflow waits for it or for a new delivery. Ends when
 * nothing is pending; the next delivery starts it again. Its history holds counts and instants, no message.
 */
export async function deliverWebhooks(input: WebhookInput): Promise<void> {
  const { deliverDue } = trainingActivities(input);
  let isWoken = false;
  setHandler(wakeSignal, () => {
    isWoken = true;
  });
  for (;;) {
    isWoken = false;
    const { nextAt } = await deliverDue({ webhookId: input.webhookId });
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof deliverWebhooks>(input);
    if (isWoken) continue;
    if (nextAt === null) return;
    const wait = Date.parse(nextAt) - Date.now();
    if (wait > 0) await condition(() => isWoken, wait);
  }
}
