/** Why a decision was made: the rules that decided, or the features and criteria that moved it furthest, exactly; and what the customer is told. */
export * from './best-set.ts';
export * from './candidates.ts';
export * from './explain.ts';
export * from './notice.ts';
export * from './put-right.ts';
export * from './render.ts';
export * from './verdict-text.ts';
