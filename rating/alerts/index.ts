/** Who is told of warnings, alarms and reports, by which channel, and how it reads. */
export * from './alert.ts';
export * from './alarms.ts';
export * from './alerting.ts';
export * from './alerting-schema.ts';
export * from './deadline-alerts.ts';
export * from './letter.ts';
export * from './warning-alerts.ts';
