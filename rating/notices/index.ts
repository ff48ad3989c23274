/** Notices to customers: what may happen to one, by when the law wants it sent, and how it reads as a letter. */
export * from './letter.ts';
export * from './notice.ts';
