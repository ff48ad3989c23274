/** What every followed thing's records share: cases, warnings, reviews and disputes, each with its events. */
export * from './followed.ts';
