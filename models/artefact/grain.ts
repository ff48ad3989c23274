import type { GlassBox } from './glass-box.ts';

/** Every table value of a trained model is a multiple of this. */
export const GRAIN = 2 ** -36;

/** Below this every multiple of the grain is a double. */
const EXACT_BELOW = 2 ** 53 * GRAIN;

/** The nearest multiple of the grain; never minus zero. */
export const onGrain = (value: number): number => Math.round(value / GRAIN) * GRAIN + 0;

/**
 * Whether every sum of a model's values is exact in double precision, in any order: all are multiples of the grain, and their largest sizes together
 * stay where every multiple of it is a double. So it is for each model that training makes.
 */
export function sumsAreExact({ intercept, terms, pairs }: GlassBox): boolean {
  const tables = [[intercept], ...terms.map(({ shape }) => shape), ...pairs.map(({ values }) => values.flat())];
  let most = 0;
  for (const table of tables) {
    if (table.some((value) => !Number.isInteger(value / GRAIN))) return false;
    most += table.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  }
  // A step of a direction is a difference of two such sums.
  return 2 * most < EXACT_BELOW;
}
