/** Who may ask: keys and tokens, roles, and the table of operations that the one gate reads. */
export * from './authenticate.ts';
export * from './gate.ts';
export * from './looks.ts';
export * from './match-operation.ts';
export * from './operations.ts';
export * from './tokens.ts';
