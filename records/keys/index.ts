/** Keys of the API: made, listed, rotated, revoked, and checked without their secrets being stored. */
export * from './keys.ts';
export * from './secret.ts';
