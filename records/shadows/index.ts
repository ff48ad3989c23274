/** Challengers in the shadow of a slot: who shadows what, what they said of recorded ratings, and how far they have read. */
export * from './scores.ts';
export * from './shadows.ts';
