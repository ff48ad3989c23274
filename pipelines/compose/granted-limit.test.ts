import { describe, expect, it } from 'vitest';
import { exposedOf, grantedFact, withGrantedLimit } from './granted-limit.ts';

const row = (exposure: number | null, excess: number | null) => ({
  id: 'c',
  segment: null,
  pd: null,
  signals: { exposure_now: exposure, limit_excess: excess },
});
const granted = { ratingId: '7-ab', asOf: '2026-06-01T00:00:00.000Z', limit: 1_000 };
const excess = (of: ReturnType<typeof row>, by: typeof granted | null = granted) =>
  withGrantedLimit(of, by).signals['limit_excess'];

describe('the excess over limits', () => {
  it('is over the limit that the rating grants where that is more than over credit lines, and names the rating', () => {
    expect(excess(row(1_200, null))).toBe(200);
    expect(excess(row(1_200, 0))).toBe(200);
    expect(excess(row(1_200, 500))).toBe(500);
    expect(grantedFact(row(1_200, null), granted)).toEqual([
      { topic: 'limit_excess', table: 'ratings', key: '7-ab', on: '2026-06-01', amount: 1_000 },
    ]);
  });

  it('stays as it was at or below the limit, without a rating, and where the exposure may not be used or is not known', () => {
    for (const [of, by] of [
      [row(1_000, 0), granted],
      [row(1_200, 0), null],
      [row(null, 0), granted],
    ] as const) {
      expect(excess(of, by)).toBe(0);
      expect(grantedFact(of, by)).toEqual([]);
    }
    expect(excess(row(900, null))).toBeNull();
    expect(exposedOf([row(5, null), row(0, null), row(null, 3)])).toEqual(['c']);
  });
});
