import type { Deliveries, Webhooks } from '../../records/webhooks/index.ts';

/** Where webhooks are kept, and what became of their deliveries. */
export interface WebhookDesk {
  readonly webhooks: Omit<Webhooks, 'secrets'>;
  readonly deliveries: Pick<Deliveries, 'page' | 'test' | 'again'>;
  /** Why an address may not be delivered to; null: it may. */
  urlProblem(url: string): string | null;
}
