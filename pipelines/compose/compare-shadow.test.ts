import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { instant, seededRandom } from '../../base/index.ts';
import { pairedDelong } from '../../models/metrics/index.ts';
import { compareShadow, windowEnd, type ShadowedRating } from './compare-shadow.ts';

const slot = { portfolio: 'main', segment: null, horizonMonths: 12 };
const shadow = { shadowId: 's', slot, modelHash: 'f'.repeat(64) };
const cutoff = instant('2026-01-01');

/** Ratings whose truth the shadow sees with less noise than what decided. */
function ratings(count: number, noise: { readonly shadow: number; readonly decider: number }): ShadowedRating[] {
  const random = seededRandom('compare-shadow');
  return Array.from({ length: count }, (_, i) => {
    const truth = random.normal();
    const pd = (sd: number) => 1 / (1 + Math.exp(2 - truth - sd * random.normal()));
    return {
      ratingId: `${i + 1}-x`,
      customerId: `c${i}`,
      asOf: instant('2024-06-01'),
      shadowPd: pd(noise.shadow),
      deciderPd: pd(noise.decider),
      bad: random.uniform() < 1 / (1 + Math.exp(2 - truth)),
    };
  });
}

describe('a shadow and what decided', () => {
  it('are compared by paired DeLong on the matured ratings alone', () => {
    const matured = ratings(600, { shadow: 0.2, decider: 1.5 });
    const open = matured.slice(0, 50).map((each) => ({ ...each, asOf: instant('2025-03-31'), bad: null }));
    const { comparison, ...counts } = compareShadow(shadow, [...open, ...matured], cutoff);
    expect(counts).toMatchObject({
      scored: 650,
      matured: 600,
      open: { ratings: 50, knowable: '2026-03-31T00:00:00.000Z', allKnowable: '2026-03-31T00:00:00.000Z' },
      untold: 0,
    });
    const of = (pick: (each: ShadowedRating) => number) => Float64Array.from(matured, pick);
    const bad = Uint8Array.from(matured, (each) => Number(each.bad));
    expect(comparison?.difference).toEqual(
      pairedDelong(
        of((each) => each.shadowPd),
        of((each) => each.deciderPd),
        bad,
      ),
    );
    expect(comparison).toMatchObject({ verdict: 'first', method: 'DeLong' });
  });

  it('are not told apart by few ratings, and the power is stated', () => {
    const { comparison } = compareShadow(shadow, ratings(60, { shadow: 0.9, decider: 1 }), cutoff);
    expect(comparison).toMatchObject({ verdict: 'not enough evidence', trulyBetter: 'not enough evidence' });
    expect(comparison?.sensitivity?.power).toBeLessThan(0.8);
    expect(comparison?.sensitivity?.minimumDetectable).toBeGreaterThan(0.005);
  });

  it('count a customer who was rated often as one', () => {
    const once = ratings(300, { shadow: 0.5, decider: 1 });
    const often = once.flatMap((each) => [1, 2, 3, 4].map((n) => ({ ...each, ratingId: `${each.ratingId}${n}` })));
    const [alone, repeated] = [once, often].map((rows) => compareShadow(shadow, rows, cutoff).comparison);
    expect(repeated).toMatchObject({ method: 'Obuchowski, by customer', sample: { rows: 1200, customers: 300 } });
    expect(repeated?.difference.standardError).toBeCloseTo(alone?.difference.standardError ?? 0, 3);
  });

  it('are not compared where no outcome, or one kind of outcome, is known', () => {
    expect(compareShadow(shadow, [], cutoff)).toMatchObject({ scored: 0, comparison: null, open: { knowable: null } });
    const good = ratings(30, { shadow: 1, decider: 1 }).map((each) => ({ ...each, bad: false }));
    expect(compareShadow(shadow, good, cutoff).comparison).toBeNull();
    const untold = good.map((each) => ({ ...each, bad: null }));
    expect(compareShadow(shadow, untold, cutoff)).toMatchObject({ untold: 30, matured: 0, open: { ratings: 0 } });
  });
});

describe('the end of a window', () => {
  it.each([
    ['2024-02-29', 12, '2025-02-28'],
    ['2025-01-31', 1, '2025-02-28'],
    ['2025-12-31T10:00:00Z', 2, '2026-02-28T10:00:00Z'],
    ['2025-05-15', 24, '2027-05-15'],
  ])('of %s is %i months later, as the labels have it: %s', (from, months, end) => {
    // The labels add INTERVALs: SELECT TIMESTAMP '2024-02-29' + to_months(12) in DuckDB 1.4.
    expect(windowEnd(instant(from), months)).toBe(instant(end));
  });

  test.prop([
    fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
    fc.integer({ min: 1, max: 60 }),
  ])('lies in the month so many months later', (from, months) => {
    const end = new Date(windowEnd(instant(from), months));
    const count = (at: Date) => at.getUTCFullYear() * 12 + at.getUTCMonth();
    expect(count(end) - count(from)).toBe(months);
    expect(end.getUTCDate()).toBeLessThanOrEqual(from.getUTCDate());
  });
});
