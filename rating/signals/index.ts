/** Warnings from signals: versioned decision tables over what is watched about customers, without a rating. */
export * from './industry-proposal.ts';
export * from './signal-rules.ts';
export * from './triggers.ts';
