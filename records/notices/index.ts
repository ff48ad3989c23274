/** Notices to customers: what was told, where it stands, what was replied; sealed under the customer's key. */
export * from './notices.ts';
