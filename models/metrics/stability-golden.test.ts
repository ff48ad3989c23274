import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { near } from './golden/sample.ts';
import { concentration, concentrationGrowth, psi, psiCritical, psiStandardError, trendChiSquared } from './index.ts';

interface Golden {
  readonly psi: readonly {
    readonly expected: number[];
    readonly actual: number[];
    readonly value: number;
    readonly standardError: number;
    readonly critical: number;
  }[];
  readonly exceeded: { readonly share: number };
  readonly growth: readonly [number[], number[], number][];
  readonly trend: readonly [number[], number[], number][];
}

const golden = JSON.parse(readFileSync(new URL('golden/stability.json', import.meta.url), 'utf8')) as Golden;
const rowsOf = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0);
const parts = (rows: readonly number[], bads: readonly number[]) => rows.map((n, i) => ({ rows: n, bads: bads[i]! }));

describe('golden values of scipy and statsmodels', () => {
  test('the PSI, its standard error and its critical value', () => {
    for (const { expected, actual, value, standardError, critical } of golden.psi) {
      near(psi(expected, actual), value);
      near(psiStandardError(expected, actual), standardError);
      near(psiCritical(rowsOf(expected), rowsOf(actual), expected.length), critical);
    }
    // Of 100,000 pairs of samples of one population, drawn by numpy: 5 % exceed the critical value.
    expect(golden.exceeded.share).toBeGreaterThan(0.047);
    expect(golden.exceeded.share).toBeLessThan(0.053);
  });

  test('the p-value of concentration that has not grown', () => {
    for (const [initial, current, pValue] of golden.growth)
      near(concentrationGrowth(concentration(initial), concentration(current), current.length)!.pValue, pValue);
  });

  test('the Cochran-Armitage test of a trend', () => {
    for (const [rows, bads, chiSquared] of golden.trend) near(trendChiSquared(parts(rows, bads)), chiSquared);
  });
});

const counts = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 10 });
const cells = fc.array(
  fc.integer({ min: 1, max: 300 }).chain((rows) => fc.tuple(fc.constant(rows), fc.integer({ min: 0, max: rows }))),
  { minLength: 2, maxLength: 8 },
);

describe('laws', () => {
  test.prop([counts, fc.integer({ min: 2, max: 50 })])(
    'more rows of the same shares shrink the standard error of a PSI, and the order of bins does not matter',
    (expected, times) => {
      const actual = expected.map((each, b) => each + (b % 3));
      const error = psiStandardError(expected, actual);
      expect(error).toBeGreaterThan(0);
      near(psiStandardError(expected.toReversed(), actual.toReversed()), error);
      const more = (of: readonly number[]): number[] => of.map((each) => each * times);
      expect(psiStandardError(more(expected), more(actual))).toBeLessThan(error);
    },
  );

  test.prop([cells])('a trend is as strong backwards, of the goods, and none where all shares are alike', (each) => {
    const [rows, bads] = [each.map(([n]) => n), each.map(([, d]) => d)];
    const found = trendChiSquared(parts(rows, bads));
    expect(found).toBeGreaterThanOrEqual(0);
    expect(found).toBeLessThanOrEqual(rowsOf(rows) * (1 + 1e-9));
    near(trendChiSquared(parts(rows.toReversed(), bads.toReversed())), found, 1e-7);
    near(
      trendChiSquared(
        parts(
          rows,
          rows.map((n, i) => n - bads[i]!),
        ),
      ),
      found,
      1e-7,
    );
    near(
      trendChiSquared(
        parts(
          rows.map((n) => 4 * n),
          rows,
        ),
      ),
      0,
      1e-7,
    );
  });
});
