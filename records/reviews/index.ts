/** Reviews on record, and what is known of customers between two reviews. */
export * from './calendar.ts';
export * from './reviews.ts';
