/** The audit of a tenant's chain: against itself, its checkpoints, anchors and receipts. */
export * from './assurance.ts';
