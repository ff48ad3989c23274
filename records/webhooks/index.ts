/** Webhooks: what signs them, and how one is sent so that it reaches only what it may. */
export * from './address.ts';
export * from './send.ts';
export * from './signature.ts';
