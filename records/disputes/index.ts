/** Disputes, stored: their present state and every event. */
export * from './disputes.ts';
