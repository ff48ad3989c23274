import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { aheadOf, warnedAt } from './recall.ts';

const rowsOf = (defaults: readonly (number | null)[]) =>
  defaults.map((defaultMonth, i) => ({ customer: `c-${i}`, account: `a-${i}`, defaultMonth, month: 0 }));

describe('rules at a fixed false alarm rate', () => {
  property.prop([
    fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 60 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ])('warn of exactly that share of the good rows, the highest scores first', (drawn, rate) => {
    const rows = rowsOf(drawn.map(([, bad]) => (bad ? 5 : null)));
    const score = Float64Array.from(drawn, ([value]) => value);
    const warned = warnedAt(score, rows, rate);
    const good = drawn.flatMap(([, bad], i) => (bad ? [] : [warned[i]!]));
    if (good.length > 0) expect(good.reduce((a, b) => a + b, 0)).toBeCloseTo(rate * good.length, 9);
    drawn.forEach(([a], i) =>
      drawn.forEach(([b], j) => void (a > b && expect(warned[i]!).toBeGreaterThanOrEqual(warned[j]!))),
    );
  });

  it('count a default once however many of its rows are warned of', () => {
    const rows = [-5, -4, -3, -2].map((month) => ({ customer: 'c', account: 'a', defaultMonth: 0, month }));
    rows.push({ customer: 'd', account: 'b', defaultMonth: 0, month: -2 });
    const rule = Float64Array.from([0, 1, 1, 0, 0]);
    const other = Float64Array.from([0, 0, 0, 0.5, 0.5]);
    const found = aheadOf(rows, rule, other, { draws: 10 });
    expect(found).toMatchObject({ defaults: 2, leadMonths: 4 });
    expect(found.warnedAhead.value).toBe(0.5);
    expect(found.difference.value).toBe(0);
  });
});
