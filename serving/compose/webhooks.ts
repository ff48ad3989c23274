import type { Logger } from 'pino';
import type { ChangeFeed } from '../../records/changes/index.ts';
import { urlProblem, type Deliveries, type DeliveryPolicy, type Webhooks } from '../../records/webhooks/index.ts';
import type { WebhookDesk } from '../webhooks/desk.ts';
import { lookLoop } from './look-loop.ts';

/** The desk of a project's webhooks, and the loop that plans deliveries. */
export interface RunningWebhooks {
  readonly desk: WebhookDesk;
  start(): void;
  close(): Promise<void>;
}

const AT_ONCE = 200;

/** Composes webhooks: a loop reads the change feed on, plans a delivery for everyone who asks for a change, and wakes the workflows that deliver. */
export function composeWebhooks(of: {
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly feed: ChangeFeed;
  readonly policy: DeliveryPolicy;
  /** Wakes the workflow of a webhook. Throws SERVICE_UNAVAILABLE. */
  readonly wake: (webhookId: string) => Promise<void>;
  readonly logger: Logger;
  readonly lookMs?: number;
}): RunningWebhooks {
  const { webhooks, deliveries, feed, policy, wake, logger } = of;
  let first = true;
  let waiting = new Set<string>();

  const plan = async (): Promise<void> => {
    for (;;) {
      const place = await deliveries.place();
      if (place === null) return;
      const { changes, next, more } = await feed.read(place, { limit: AT_ONCE });
      for (const webhookId of await deliveries.plan(changes)) waiting.add(webhookId);
      await deliveries.remember(next);
      if (!more) return;
    }
  };
  const wakeAll = async (): Promise<void> => {
    // What a process that died had planned is woken at the first look.
    if (first) for (const webhookId of await deliveries.waiting()) waiting.add(webhookId);
    const now = waiting;
    waiting = new Set();
    try {
      for (const webhookId of now) {
        await wake(webhookId);
        now.delete(webhookId);
      }
      first = false;
    } finally {
      for (const webhookId of now) waiting.add(webhookId);
    }
  };
  const loop = lookLoop('webhooks', [plan, wakeAll], { logger, lookMs: of.lookMs });
  const later = (webhookId: string): void => void waiting.add(webhookId);
  return {
    desk: {
      urlProblem: (url) => urlProblem(url, policy),
      webhooks: {
        ...webhooks,
        async resume(webhookId) {
          const webhook = await webhooks.resume(webhookId);
          later(webhookId);
          return webhook;
        },
      },
      deliveries: {
        counts: () => deliveries.counts(),
        page: (webhookId, options) => deliveries.page(webhookId, options),
        async test(webhookId) {
          await webhooks.get(webhookId);
          const delivery = await deliveries.test(webhookId);
          later(webhookId);
          return delivery;
        },
        async again(webhookId, deliveryId) {
          await webhooks.get(webhookId);
          const delivery = await deliveries.again(webhookId, deliveryId);
          later(webhookId);
          return delivery;
        },
      },
    },
    start: () => loop.start(),
    close: () => loop.stop(),
  };
}
