import type { Round } from '../../records/webhooks/deliver.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities on webhooks; a round that is repeated sends again what was not stored as delivered, under the same id. */
export function webhookActivities({ webhooks }: PipelineDependencies) {
  return {
    /** Sends what is due of one webhook. */
    deliverDue: ({ webhookId }: { webhookId: string }): Promise<Round> =>
      withHeartbeat(() => webhooks.deliverDue(webhookId)),
  };
}
