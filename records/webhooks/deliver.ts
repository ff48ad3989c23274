import { instant, type Instant } from '../../base/index.ts';
import type { ChangeFeed } from '../changes/index.ts';
import type { DeliveryPolicy } from './address.ts';
import { TEST_TYPE, type Deliveries, type Delivery, type Tried } from './deliveries.ts';
import { send, type SendOutcome } from './send.ts';
import type { Webhooks } from './subscriptions.ts';

/** How long a delivery is tried before it is dead, and how long a webhook may fail before it is paused. */
export const DELIVERED_WITHIN_MS = 24 * 3_600_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;
const AT_ONCE = 50;

/** What a receiver is sent. */
export interface WebhookMessage {
  readonly type: string;
  readonly deliveryId: string;
  /** The change, as GET /v1/changes tells it; null: a test. */
  readonly data: unknown;
}

export interface DeliverParts {
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly feed: ChangeFeed;
  readonly policy: DeliveryPolicy;
  readonly now: () => number;
}

/** What one round did: when to go on (null: nothing is pending, or the webhook is paused or gone). */
export interface Round {
  readonly delivered: number;
  readonly failed: number;
  readonly dead: number;
  readonly nextAt: Instant | null;
}

/**
 * Sends what is due of one webhook, several customers at once and each customer's changes in order. A 2xx is an acceptance; all else is tried again after
 * 5 s, 10 s, 20 s, … up to an hour, until the delivery is a day old and dead. A receiver that answers 410, or lets a delivery die, has its webhook paused.
 */
export async function deliverDue(parts: DeliverParts, webhookId: string): Promise<Round> {
  const { webhooks, deliveries, now } = parts;
  const none = { delivered: 0, failed: 0, dead: 0, nextAt: null };
  const webhook = await webhooks.get(webhookId).catch(() => null);
  if (webhook === null || webhook.state !== 'active') return none;
  const due = await deliveries.due(webhookId, instant(now()), AT_ONCE);
  const secrets = due.length === 0 ? [] : await webhooks.secrets(webhookId);
  const ended = await Promise.all(due.map((delivery) => tryOnce(parts, webhook.url, secrets, webhookId, delivery)));
  const count = (state: Tried['state']): number => ended.filter((each) => each.state === state).length;
  const gone = ended.some(({ status }) => status === 410);
  if (gone || count('dead') > 0) {
    await webhooks.pause(webhookId, gone ? 'The receiver answered 410 Gone.' : 'A delivery failed for a day.');
    return { delivered: count('delivered'), failed: count('pending'), dead: count('dead'), nextAt: null };
  }
  const nextAt = await deliveries.nextAt(webhookId);
  return { delivered: count('delivered'), failed: count('pending'), dead: count('dead'), nextAt };
}

async function tryOnce(
  { deliveries, feed, policy, now }: DeliverParts,
  url: string,
  secrets: readonly string[],
  webhookId: string,
  delivery: Delivery,
): Promise<Tried> {
  const body = JSON.stringify(await messageOf(feed, delivery));
  const parts = { id: delivery.deliveryId, timestamp: Math.floor(now() / 1000), body };
  const outcome = await send({ url, secrets }, parts, policy);
  const tried = triedBy(outcome, delivery, now());
  await deliveries.tried(webhookId, delivery.deliveryId, tried);
  return tried;
}

/** The message of a delivery, read from the chain when it is sent: after an erasure it tells that, and nothing else. */
async function messageOf(
  feed: ChangeFeed,
  { deliveryId, type, changeId, sequence }: Delivery,
): Promise<WebhookMessage> {
  if (type === TEST_TYPE) return { type, deliveryId, data: null };
  const { changes } = await feed.read({ sequence: sequence - 1, taken: 0 }, { limit: 100 });
  return { type, deliveryId, data: changes.find(({ id }) => id === changeId) ?? null };
}

/** How a try ended, and when the next one is. */
export function triedBy(outcome: SendOutcome, { attempts, createdAt }: Delivery, now: number): Tried {
  const status = outcome.kind === 'answered' ? outcome.status : null;
  if (status !== null && status >= 200 && status < 300)
    return { state: 'delivered', status, problem: null, nextAt: instant(now) };
  const problem = outcome.kind === 'answered' ? `answered ${outcome.status}` : outcome.why;
  const nextAt = now + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempts);
  const dead = nextAt > Date.parse(createdAt) + DELIVERED_WITHIN_MS;
  return { state: dead ? 'dead' : 'pending', status, problem, nextAt: instant(nextAt) };
}
