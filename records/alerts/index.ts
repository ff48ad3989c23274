/** Alerts on record: inboxes, who has read what, and the e-mails on their way. */
export * from './alerts.ts';
export * from './alert-mails.ts';
export * from './told.ts';
export * from './deadlines.ts';
