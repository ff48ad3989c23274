import { fc, it as property } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { bestSet, gainOf, type SetGains } from './best-set.ts';

/** Gains on the grid of log-odds, so that sums are exact in any order. */
const grid = (min: number, max: number) => fc.integer({ min: min * 1024, max: max * 1024 }).map((n) => n / 1024);

const gains: fc.Arbitrary<SetGains> = fc.integer({ min: 2, max: 12 }).chain((count) =>
  fc.record({
    single: fc.array(grid(0, 4), { minLength: count, maxLength: count }),
    together: fc.uniqueArray(
      fc.record({ a: fc.nat(count - 1), b: fc.nat(count - 1), gain: grid(-4, 4) }).filter(({ a, b }) => a < b),
      { maxLength: 20, selector: ({ a, b }) => a * 100 + b },
    ),
  }),
);

function* subsets(count: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) yield [];
  else
    for (let i = from; i + size <= count; i++) for (const rest of subsets(count, size - 1, i + 1)) yield [i, ...rest];
}

describe('the best set', () => {
  property.prop([gains, fc.integer({ min: 1, max: 4 })], { numRuns: 1000 })(
    'gains at least as much as every other set of its size',
    (of, size) => {
      const found = bestSet(of, size);
      const count = of.single.length;
      expect(new Set(found).size).toBe(Math.min(size, count));
      const best = gainOf(found, of);
      for (const other of subsets(count, Math.min(size, count))) expect(gainOf(other, of)).toBeLessThanOrEqual(best);
    },
  );

  property.prop([gains, fc.integer({ min: 1, max: 4 })])(
    'names its members by falling gain of their own',
    (of, size) => {
      const own = bestSet(of, size).map((member) => of.single[member] ?? 0);
      expect(own).toEqual(own.toSorted((a, b) => b - a));
    },
  );
});
