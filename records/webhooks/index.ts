/** Webhooks: who is told of changes, what signs and sends a delivery so that it reaches only what it may, and what became of each. */
export * from './address.ts';
export * from './deliver.ts';
export * from './deliveries.ts';
export * from './send.ts';
export * from './signature.ts';
export * from './subscriptions.ts';
