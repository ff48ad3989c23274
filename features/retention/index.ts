/** How long facts are kept in the warehouse: what no feature and no training reads any more, and removing it. */
export * from './fact-needs.ts';
export * from './remove-facts.ts';
export * from './kept-from.ts';
