/** Facts that applications reported and Probity acknowledged: durable, in order, added to ratings at once. */
export * from './facts.ts';
