/** Early warnings on record: their states, every event, and how far the change feed was read for triggers. */
export * from './warnings.ts';
