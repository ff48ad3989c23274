import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { near, sample } from './golden/sample.ts';
import {
  aucDecline,
  betaCdf,
  betaQuantile,
  binomialPower,
  binomialTail,
  brierParts,
  clusteredInterval,
  concentration,
  concentrationGrowth,
  criticalCount,
  delongInterval,
  detectableRate,
  ece,
  gradeTest,
  hMeasure,
  hosmerLemeshow,
  exactInterval,
  jeffreysInterval,
  liftAt,
  migrationBandwidth,
  migrationCounts,
  migrationSteps,
  newcombeInterval,
  psi,
  psiCritical,
  shareDifference,
  shareRatio,
  spiegelhalter,
  wilsonInterval,
} from './index.ts';

type Row<N extends number, T extends number[] = []> = T['length'] extends N ? T : Row<N, [...T, number]>;

interface Golden {
  readonly samples: readonly ({ readonly n: number; readonly ties: boolean } & { readonly [name: string]: number })[];
  readonly betaCdf: Row<4>[];
  readonly betaQuantile: Row<4>[];
  readonly grades: Row<7>[];
  readonly detectable: Row<5>[];
  readonly wilson: Row<4>[];
  readonly difference: [Row<2>, Row<2>, number, number][];
  readonly ratio: [Row<2>, Row<2>, number, number][];
  readonly newcombe: Row<5>[];
  readonly migration: {
    readonly counts: number[][];
    readonly lower: number;
    readonly upper: number;
    readonly published: Row<2>;
    readonly steps: Row<4>[];
  };
  readonly concentration: [number[], number, number][];
  readonly psi: {
    readonly expected: number[];
    readonly actual: number[];
    readonly value: number;
    readonly critical: number;
  };
}

const golden = JSON.parse(readFileSync(new URL('golden/validation.json', import.meta.url), 'utf8')) as Golden;
const share = ([count, n]: Row<2>) => ({ count, n });

describe('golden values of scipy, statsmodels, pandas and hmeasure', () => {
  for (const each of golden.samples) {
    test(`${each.n} rows, ${each.ties ? 'with' : 'without'} ties`, () => {
      const { pd, bad, cluster } = sample(each.n, each.ties);
      near(hMeasure(pd, bad), each['h']!);
      near(hMeasure(pd, bad), each['hQuadrature']!, 1e-8);
      near(clusteredInterval(pd, bad, cluster).standardError, each['obuchowskiSe']!);
      near(spiegelhalter(pd, bad).z, each['spiegelhalterZ']!);
      near(spiegelhalter(pd, bad).pValue, each['spiegelhalterP']!);
      if (each.ties) return;
      near(hosmerLemeshow(pd, bad).statistic, each['hosmerLemeshow']!);
      near(hosmerLemeshow(pd, bad).pValue, each['hosmerLemeshowP']!);
      near(brierParts(pd, bad).reliability, each['reliability']!);
      near(brierParts(pd, bad).resolution, each['resolution']!);
      near(ece(pd, bad), each['ece']!);
      near(liftAt(pd, bad, 0.1), each['lift']!);
    });
  }

  test('beta distribution', () => {
    for (const [x, a, b, p] of golden.betaCdf) near(betaCdf(x, a, b) / p, 1, 1e-10);
    for (const [p, a, b, x] of golden.betaQuantile) near(betaQuantile(p, a, b) / x, 1, 1e-10);
  });

  test('calibration by grade', () => {
    for (const [bads, rows, meanPd, jeffreys, binomial, low, high] of golden.grades) {
      const found = gradeTest({ bads, rows, meanPd });
      near(found.jeffreysP, jeffreys);
      near(found.binomialP, binomial);
      near(found.badRate.high, high);
      if (bads > 0) near(found.badRate.low, low);
    }
    for (const [n, pd, critical, rate, power] of golden.detectable) {
      expect(criticalCount(n, pd)).toBe(critical);
      near(detectableRate(n, pd)!, rate);
      near(binomialPower(n, pd, Math.min(1, 1.5 * pd)), power);
    }
  });

  test('intervals of shares, of their differences and ratios, and of an AUC', () => {
    for (const [count, n, low, high] of golden.wilson) {
      near(wilsonInterval(count, n).low, low);
      near(wilsonInterval(count, n).high, high);
    }
    for (const [compare, cases] of [
      [shareDifference, golden.difference],
      [shareRatio, golden.ratio],
    ] as const) {
      for (const [a, b, low, high] of cases) {
        near(compare(share(a), share(b)).low, low);
        near(compare(share(a), share(b)).high, high);
      }
    }
    for (const [auc, bads, goods, low, high] of golden.newcombe) {
      near(newcombeInterval(auc, bads, goods).low, low);
      near(newcombeInterval(auc, bads, goods).high, high);
    }
  });

  test('stability, migration and concentration', () => {
    near(psi(golden.psi.expected, golden.psi.actual), golden.psi.value);
    near(psiCritical(1000, 1020, 5), golden.psi.critical);
    const { counts, lower, upper, published, steps } = golden.migration;
    near(migrationBandwidth(counts).lower!, lower);
    near(migrationBandwidth(counts).upper!, upper);
    expect([lower, upper].map((each) => Number(each.toFixed(4)))).toEqual(published);
    const found = migrationSteps(counts);
    expect(found.map(({ from, to }) => [from, to])).toEqual(steps.map(([from, to]) => [from, to]));
    found.forEach(({ z, pValue }, i) => {
      near(z, steps[i]![2]);
      near(pValue, steps[i]![3]);
    });
    for (const [each, herfindahl, variation] of golden.concentration) {
      near(concentration(each).herfindahl, herfindahl);
      near(concentration(each).variation, variation);
    }
  });
});

const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), { minLength: 4, maxLength: 80 })
  .filter((rows) => rows.some(([, bad]) => bad) && rows.some(([, bad]) => !bad))
  .map((rows) => ({ scores: rows.map(([score]) => (score + 1) / 42), bad: rows.map(([, bad]) => Number(bad)) }));
const counted = fc.integer({ min: 1, max: 500 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
const square = fc
  .integer({ min: 2, max: 6 })
  .chain((k) => fc.array(fc.array(fc.nat(30), { minLength: k, maxLength: k }), { minLength: k, maxLength: k }));

describe('laws', () => {
  test.prop([scored])(
    'the H-measure lies in [0, 1] and does not change under increasing transforms',
    ({ scores, bad }) => {
      const h = hMeasure(scores, bad);
      expect(h).toBeGreaterThan(-1e-9);
      expect(h).toBeLessThan(1 + 1e-9);
      near(
        hMeasure(
          scores.map((s) => Math.exp(5 * s)),
          bad,
        ),
        h,
      );
    },
  );

  test('the H-measure of a constant is 0, of a perfect score 1', () => {
    near(hMeasure([1, 1, 1, 1, 1], [0, 1, 0, 0, 1]), 0);
    near(hMeasure([1, 2, 3, 4, 5], [0, 0, 0, 1, 1]), 1);
  });

  test.prop([counted])('intervals of a share hold it, and mirror with it', ([count, n]) => {
    for (const interval of [jeffreysInterval, wilsonInterval, exactInterval]) {
      const { low, value, high } = interval(count, n);
      expect(low).toBeLessThanOrEqual(value + 1e-12);
      expect(high).toBeGreaterThanOrEqual(value - 1e-12);
      near(interval(n - count, n).low, 1 - high, 1e-8);
    }
  });

  test.prop([counted, counted])(
    'the difference of two shares changes its sign, their ratio inverts, when they are swapped',
    (a, b) => {
      const [x, y] = [share(a), share(b)];
      near(shareDifference(x, y).low, -shareDifference(y, x).high, 1e-8);
      if (x.count > 0 && y.count > 0) near(shareRatio(x, y).high, 1 / shareRatio(y, x).low, 1e-6);
    },
  );

  test('the exact interval ends where as extreme a count has a probability of 2.5 %', () => {
    // Binomial sums in Python, solved by bisection: P(X >= 7) = 0.025 and P(X <= 7) = 0.025 of 200.
    near(exactInterval(7, 200).low, 0.014185525898419248, 1e-9);
    near(exactInterval(7, 200).high, 0.07078099835097729, 1e-9);
    expect(exactInterval(0, 200).high).toBeCloseTo(1 - 0.025 ** (1 / 200), 12);
  });

  test('an AUC as at development is no decline; two standard errors below it are one', () => {
    expect(aucDecline(0.8, { auc: 0.8, standardError: 0.01 })?.pValue).toBeCloseTo(0.5, 12);
    // scipy.stats.norm.sf(2)
    expect(aucDecline(0.8, { auc: 0.78, standardError: 0.01 })?.pValue).toBeCloseTo(0.022750131948179195, 10);
    expect(aucDecline(0.8, { auc: 0.78, standardError: 0 })).toBeNull();
  });

  test('a ratio has an interval where nobody or everybody succeeded', () => {
    const all = shareRatio({ count: 5, n: 5 }, { count: 9, n: 9 });
    expect(all.low).toBeLessThan(0.8);
    expect(all.high).toBeGreaterThan(1.2);
    expect(shareRatio({ count: 0, n: 5 }, { count: 9, n: 9 }).high).toBeGreaterThan(0.2);
    expect(shareRatio({ count: 1, n: 5 }, { count: 0, n: 9 }).value).toBeNaN();
  });

  test.prop([counted, fc.double({ min: 0.001, max: 0.999, noNaN: true })])(
    'more defaults speak louder against a PD, and the detectable rate has its power',
    ([bads, rows], meanPd) => {
      if (bads < rows) {
        const [less, more] = [gradeTest({ bads, rows, meanPd }), gradeTest({ bads: bads + 1, rows, meanPd })];
        expect(more.jeffreysP).toBeLessThanOrEqual(less.jeffreysP + 1e-9);
        expect(more.binomialP).toBeLessThanOrEqual(less.binomialP + 1e-9);
      }
      expect(binomialTail(criticalCount(rows, meanPd), rows, meanPd)).toBeLessThanOrEqual(0.05);
      const rate = detectableRate(rows, meanPd);
      if (rate !== null) expect(binomialPower(rows, meanPd, rate)).toBeGreaterThanOrEqual(0.8 - 1e-6);
    },
  );

  test.prop([scored])(
    'Spiegelhalter: swapping the outcomes and the PDs with them changes the sign of nothing',
    ({ scores, bad }) => {
      near(
        spiegelhalter(
          scores.map((p) => 1 - p),
          bad.map((y) => 1 - y),
        ).z,
        spiegelhalter(scores, bad).z,
      );
    },
  );

  test.prop([square])(
    'bandwidths lie in [0, 1]; turning the scale round swaps them; without moves there are none',
    (counts) => {
      const { upper, lower } = migrationBandwidth(counts);
      for (const each of [upper, lower]) if (each !== null) expect(each >= 0 && each <= 1).toBe(true);
      expect(migrationBandwidth(counts.toReversed().map((row) => row.toReversed()))).toEqual({
        upper: lower,
        lower: upper,
      });
      const still = counts.map((row, i) => row.map((count, j) => (i === j ? count : 0)));
      expect(migrationBandwidth(still)).toEqual({ upper: null, lower: null });
    },
  );

  test('migrations are counted by grade at the beginning and at the end', () => {
    expect(migrationCounts([0, 0, 1, 2], [0, 1, 1, 0], 3)).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });

  test.prop([
    fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 12 }).filter((c) => c.some(Boolean)),
  ])(
    'concentration lies between all alike (0) and all in one grade (1), and does not depend on the order',
    (counts) => {
      const { index, herfindahl } = concentration(counts);
      expect(index).toBeGreaterThanOrEqual(-1e-9);
      expect(index).toBeLessThanOrEqual(1 + 1e-9);
      near(concentration(counts.toReversed()).herfindahl, herfindahl);
      near(concentration([7, ...counts.map(() => 0)]).index, 1);
      near(concentration(counts.map(() => 7)).index, 0);
    },
  );

  test('concentration that has not grown gives no evidence of growth', () => {
    const now = concentration([10, 30, 60]);
    expect(concentrationGrowth(now, now, 3)?.pValue).toBeCloseTo(0.5, 12);
    expect(concentrationGrowth(concentration([33, 33, 34]), concentration([5, 15, 980]), 3)!.pValue).toBeLessThan(0.2);
    expect(concentrationGrowth(now, concentration([5, 5, 5]), 3)).toBeNull();
  });

  test.prop([scored])(
    'the score interval of an AUC holds it and has width where DeLong has none',
    ({ scores, bad }) => {
      const { auc, standardError } = delongInterval(scores, bad);
      const bads = bad.reduce((sum, each) => sum + each, 0);
      const { low, high } = newcombeInterval(auc, bads, bad.length - bads);
      expect(low).toBeLessThanOrEqual(auc);
      expect(high).toBeGreaterThanOrEqual(auc);
      if (standardError === 0) expect(high - low).toBeGreaterThan(0);
    },
  );
});
