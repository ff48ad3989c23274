/** Early warnings after they are raised: who acts, countermeasures, deadlines, outcomes, and whether the rules that raised them help. */
export * from './follow-up.ts';
export * from './handling.ts';
export * from './handling-schema.ts';
export * from './instructions.ts';
export * from './levels.ts';
export * from './measures.ts';
export * from './responsible.ts';
export * from './review.ts';
export * from './triggers.ts';
export * from './warning.ts';
