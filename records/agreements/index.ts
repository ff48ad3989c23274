/** Improvement agreements, stored: their present state and every state before. */
export * from './agreements.ts';
