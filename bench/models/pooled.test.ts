import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { pairedDelong } from '../../models/metrics/index.ts';
import { interval, meanOf, numberRows, pooledAuc, rank, verdictOf } from './pooled.ts';

function fold(seed: number, rows = 200) {
  const random = seededRandom(seed);
  const z = Float64Array.from({ length: rows }, () => random.normal());
  return {
    bad: Uint8Array.from(z, (each) => (random.uniform() < 1 / (1 + Math.exp(1 - each)) ? 1 : 0)),
    keys: Array.from(z, (_, i) => `${seed}-${i}`),
    a: z.map((each) => each + 0.5 * random.normal()),
    b: z.map((each) => each + random.normal()),
  };
}

function pooled(folds: readonly ReturnType<typeof fold>[]) {
  const rows = numberRows(folds);
  const [a, b] = [folds.map((each) => each.a), folds.map((each) => each.b)].map((pds) => rank(pds, rows));
  return pooledAuc(a!, b!, rows);
}

describe('the paired AUC difference over folds', () => {
  test.prop([fc.integer()], { numRuns: 20 })('is DeLong’s on one fold', (seed) => {
    const one = fold(seed);
    const expected = pairedDelong(one.a, one.b, one.bad);
    const found = pooled([one]);
    expect(found.value).toBeCloseTo(expected.difference, 12);
    expect(found.standardError).toBeCloseTo(expected.standardError, 12);
  });

  test.prop([fc.integer()], { numRuns: 20 })('takes the same rows measured again for no new evidence', (seed) => {
    const one = fold(seed);
    expect(pooled([one, one, one]).standardError).toBeCloseTo(pooled([one]).standardError, 12);
  });

  test.prop([fc.integer()], { numRuns: 20 })('adds disjoint folds as independent evidence', (seed) => {
    const folds = [fold(seed), fold(seed + 1)];
    const each = folds.map((one) => pooled([one]).standardError);
    const expected = Math.hypot(...each) / 2;
    expect(pooled(folds).standardError / expected).toBeCloseTo(1, 2);
  });

  it('covers the truth in about 95 % of samples, repeats included', () => {
    // Both scores know the same and differ by their own noise, so that the true difference is 0.
    let covered = 0;
    for (let seed = 0; seed < 400; seed++) {
      const one = fold(seed, 120);
      const random = seededRandom(seed + 9000);
      const again = (z: Float64Array) => z.map((each) => each + 0.7 * random.normal());
      const base = one.b;
      const repeats = [0, 1].map(() => ({ ...one, a: again(base), b: again(base) }));
      const { low, high } = pooled(repeats);
      if (low <= 0 && high >= 0) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.92);
    expect(covered / 400).toBeLessThan(0.98);
  });

  it('is judged by the ends of its interval', () => {
    expect(verdictOf(interval(0.004, 0.001))).toBe('ahead');
    expect(verdictOf(interval(0.001, 0.002))).toBe('not behind by more than 0.005');
    expect(verdictOf(interval(0.001, 0.02))).toBe('not enough evidence');
    expect(verdictOf(interval(-0.02, 0.001))).toBe('behind');
    expect(meanOf([interval(0.01, 0.003), interval(0.03, 0.004)])).toMatchObject({
      value: 0.02,
      standardError: 0.0025,
    });
  });
});
