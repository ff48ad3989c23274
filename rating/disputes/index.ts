/** Disputes of customers: their law, and the deadlines of each jurisdiction. */
export * from './deadlines.ts';
export * from './dispute.ts';
