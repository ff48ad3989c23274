/** The audit of a tenant's chain: against itself, its checkpoints, anchors and receipts; and appending to it so that it can be audited. */
export * from './assurance.ts';
export type { BadPart, HeldParts } from './named-parts.ts';
export * from './signed-appender.ts';
