import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  atCutoff,
  auc,
  brier,
  brierParts,
  calibrationGroups,
  calibrationLine,
  chiSquaredQuantile,
  chiSquaredTail,
  clusteredInterval,
  countsByQuantile,
  delongInterval,
  ece,
  equalCountGroups,
  gini,
  hosmerLemeshow,
  ks,
  liftAt,
  logLoss,
  normalCdf,
  normalQuantile,
  pairedClustered,
  pairedDelong,
  psi,
  rocCurve,
} from './index.ts';
import { near, sample } from './golden/sample.ts';

interface Golden {
  readonly cases: readonly ({ readonly n: number; readonly ties: boolean } & { readonly [name: string]: number })[];
  readonly normalCdf: [number, number][];
  readonly normalQuantile: [number, number][];
  readonly chiSquaredTail: [number, number, number][];
  readonly chiSquaredQuantile: [number, number, number][];
}

const golden = JSON.parse(readFileSync(new URL('golden/golden.json', import.meta.url), 'utf8')) as Golden;

describe('golden values of scikit-learn, scipy and statsmodels', () => {
  for (const each of golden.cases) {
    test(`${each.n} rows, ${each.ties ? 'with' : 'without'} ties`, () => {
      const { pd, other, bad, weight, cluster } = sample(each.n, each.ties);
      near(auc(pd, bad), each['auc']!);
      near(auc(pd, bad, weight), each['aucWeighted']!);
      near(gini(pd, bad), 2 * each['auc']! - 1);
      near(ks(pd, bad), each['ks2samp']!);
      near(logLoss(pd, bad), each['logLoss']!);
      near(logLoss(pd, bad, weight), each['logLossWeighted']!);
      near(brier(pd, bad), each['brier']!);
      near(brier(pd, bad, weight), each['brierWeighted']!);
      near(delongInterval(pd, bad).standardError, each['delongSe']!);
      const difference = pairedDelong(pd, other, bad);
      near(difference.difference, each['difference']!);
      near(difference.standardError, each['differenceSe']!);
      const line = calibrationLine(pd, bad);
      near(line.slope.value, each['slope']!, 1e-7);
      near(line.slope.standardError, each['slopeSe']!, 1e-7);
      near(line.intercept.value, each['intercept']!, 1e-7);
      near(line.intercept.standardError, each['interceptSe']!, 1e-7);
      near(line.inTheLarge.value, each['inTheLarge']!, 1e-7);
      near(line.inTheLarge.standardError, each['inTheLargeSe']!, 1e-7);
      near(calibrationLine(pd, bad, cluster).slope.standardError, each['clusteredSlopeSe']!, 1e-7);
      const cut = atCutoff(pd, bad, 0.3);
      near(cut.precision!, each['precision']!);
      near(cut.recall!, each['recall']!);
    });
  }

  test('distributions', () => {
    for (const [z, p] of golden.normalCdf) near(normalCdf(z) / p, 1, 1e-12);
    for (const [p, z] of golden.normalQuantile) expect(normalQuantile(p)).toBeCloseTo(z, 11);
    for (const [x, k, p] of golden.chiSquaredTail) near(chiSquaredTail(x, k) / p, 1, 1e-11);
    for (const [p, k, x] of golden.chiSquaredQuantile) near(chiSquaredQuantile(p, k) / x, 1, 1e-10);
  });
});

const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean(), fc.integer({ min: 0, max: 5 })), {
    minLength: 4,
    maxLength: 80,
  })
  .filter((rows) => rows.some(([, bad]) => bad) && rows.some(([, bad]) => !bad))
  .map((rows) => ({
    scores: rows.map(([score]) => score / 41),
    bad: rows.map(([, bad]) => Number(bad)),
    cluster: rows.map(([, , cluster]) => cluster),
  }));

describe('laws', () => {
  test.prop([scored])(
    'AUC does not change under increasing transforms and mirrors under decreasing ones',
    ({ scores, bad }) => {
      const value = auc(scores, bad);
      near(
        auc(
          scores.map((s) => Math.exp(3 * s) - 7),
          bad,
        ),
        value,
        1e-12,
      );
      near(
        auc(
          scores.map((s) => -s),
          bad,
        ),
        1 - value,
        1e-12,
      );
    },
  );

  test.prop([scored])('AUC is the area under the ROC curve', ({ scores, bad }) => {
    const points = rocCurve(scores, bad);
    let area = 0;
    for (let k = 1; k < points.length; k++)
      area += (points[k]!.falseAlarm - points[k - 1]!.falseAlarm) * ((points[k]!.hit + points[k - 1]!.hit) / 2);
    near(area, auc(scores, bad), 1e-9);
  });

  test.prop([scored])('a weight of two counts as the row twice', ({ scores, bad }) => {
    const twice = scores.map((_, i) => 1 + (i % 2));
    const repeat = <T>(values: T[]): T[] => values.flatMap((value, i) => Array<T>(twice[i]!).fill(value));
    near(auc(scores, bad, twice), auc(repeat(scores), repeat(bad)), 1e-12);
  });

  test.prop([scored])('a score does not differ from itself', ({ scores, bad, cluster }) => {
    expect(pairedDelong(scores, scores, bad)).toMatchObject({ difference: 0, pValue: 1 });
    expect(pairedClustered(scores, scores, bad, cluster)).toMatchObject({ difference: 0, pValue: 1 });
  });

  test.prop([scored])('customers with one row each give the interval of DeLong', ({ scores, bad }) => {
    const own = scores.map((_, i) => i);
    near(clusteredInterval(scores, bad, own).standardError, delongInterval(scores, bad).standardError, 1e-6);
  });

  test.prop([scored])(
    'Brier score is reliability - resolution + uncertainty + what lies within bins',
    ({ scores, bad }) => {
      const parts = brierParts(scores, bad);
      near(parts.reliability - parts.resolution + parts.uncertainty + parts.withinBins, brier(scores, bad), 1e-9);
    },
  );

  test.prop([scored, fc.integer({ min: 1, max: 12 })])(
    'groups hold each row once and split no tie',
    ({ scores }, bins) => {
      const groups = equalCountGroups(scores, bins);
      expect(groups.flat().toSorted((a, b) => a - b)).toEqual(scores.map((_, i) => i));
      expect(groups.length).toBeLessThanOrEqual(bins);
      for (let g = 1; g < groups.length; g++)
        expect(scores[groups[g - 1]!.at(-1)!]!).toBeLessThan(scores[groups[g]![0]!]!);
    },
  );

  test.prop([scored])('lift of the whole portfolio is 1', ({ scores, bad }) => {
    near(liftAt(scores, bad, 1), 1, 1e-12);
  });

  const counts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 12 });
  test.prop([counts, counts])('PSI is never negative, 0 for equal shares, and the same both ways', (a, b) => {
    const size = Math.min(a.length, b.length);
    const [x, y] = [a.slice(0, size), b.slice(0, size)];
    expect(psi(x, y)).toBeGreaterThanOrEqual(0);
    near(psi(x, y), psi(y, x), 1e-9);
    expect(psi(x, x)).toBe(0);
  });

  test('samples of one population are counted alike', () => {
    const { pd } = sample(1000, false);
    const { expected, actual } = countsByQuantile(pd, pd);
    expect(actual).toEqual(expected);
    expect(expected).toEqual(Array(10).fill(100));
  });

  test('groups whose default rate is their mean PD have no calibration error', () => {
    const pd = [...Array<number>(10).fill(0.1), ...Array<number>(10).fill(0.5)];
    const bad = pd.map((p, i) => (i % 10 < p * 10 ? 1 : 0));
    expect(ece(pd, bad)).toBeCloseTo(0, 12);
    expect(hosmerLemeshow(pd, bad).statistic).toBeCloseTo(0, 12);
    expect(calibrationGroups(pd, bad)).toHaveLength(2);
  });

  test('two rows of one customer carry less than two customers', () => {
    const { pd, bad } = sample(200, false);
    const twice = [...pd, ...pd];
    const wide = clusteredInterval(
      twice,
      [...bad, ...bad],
      twice.map((_, i) => i % 200),
    );
    near(wide.standardError / delongInterval(pd, bad).standardError, 1, 0.02);
  });

  test('one outcome alone has no AUC', () => {
    expect(() => auc([1, 2], [0, 0])).toThrow(/both outcomes/);
  });
});
