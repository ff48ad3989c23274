/** What did we know about a customer, as of a date? Contracts, feature views, their computation, published snapshots. */
export * from './asof/index.ts';
export * from './contracts/index.ts';
export * from './snapshots/index.ts';
export * from './views/index.ts';
