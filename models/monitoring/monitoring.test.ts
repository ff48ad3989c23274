import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { makeDataset, type Dataset } from '../dataset/index.ts';
import { auc, benjaminiHochberg, logLoss } from '../metrics/index.ts';
import golden from './golden/golden.json' with { type: 'json' };
import {
  cbpe,
  domainClassifier,
  jensenShannon,
  missingRate,
  rangeBreaches,
  reweighted,
  unseenLevels,
  wasserstein,
} from './index.ts';

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const sample = fc.array(number, { minLength: 1, maxLength: 40 });

describe('figures of scipy, statsmodels and scikit-learn', () => {
  it('are met', () => {
    expect(wasserstein(golden.a, golden.b)).toBeCloseTo(golden.wasserstein, 12);
    expect(jensenShannon(golden.counts[0]!, golden.counts[1]!)).toBeCloseTo(golden.jensenShannon, 12);
    benjaminiHochberg(golden.pValues).forEach((p, i) => expect(p).toBeCloseTo(golden.adjusted[i]!, 14));
    const estimated = cbpe(golden.pd);
    const weighted = reweighted({ pd: golden.pd, bad: golden.bad, group: null }, golden.weight, 60);
    for (const figure of ['badRate', 'auc', 'logLoss'] as const) {
      expect(estimated[figure].value).toBeCloseTo(golden.cbpe[figure], 12);
      expect(weighted[figure].value).toBeCloseTo(golden.reweighted[figure], 12);
    }
    expect(weighted.effectiveRows).toBeCloseTo(golden.reweighted.effectiveRows, 10);
  });
});

describe('the Wasserstein distance', () => {
  test.prop([sample, sample, sample])('is a metric', (a, b, c) => {
    expect(wasserstein(a, a)).toBe(0);
    const [ab, ba, ac, cb] = [wasserstein(a, b), wasserstein(b, a), wasserstein(a, c), wasserstein(c, b)];
    expect(ab).toBeCloseTo(ba, 6);
    expect(ab).toBeLessThanOrEqual(ac + cb + 1e-6);
  });

  test.prop([sample, fc.double({ min: -100, max: 100, noNaN: true })])('of a moved sample is the move', (a, by) => {
    const moved = a.map((value) => value + by);
    expect(wasserstein(a, moved)).toBeCloseTo(Math.abs(by), 6);
  });

  it('leaves missing values out, and needs known ones', () => {
    expect(wasserstein([1, Number.NaN, 3], [2, 4])).toBe(1);
    expect(() => wasserstein([Number.NaN], [1])).toThrow(/known values/);
  });
});

describe('the Jensen-Shannon distance', () => {
  const counts = fc.array(fc.nat(50), { minLength: 4, maxLength: 4 }).filter((each) => each.some((n) => n > 0));
  test.prop([counts, counts, counts])('is a metric between 0 and 1', (a, b, c) => {
    expect(jensenShannon(a, a)).toBe(0);
    expect(jensenShannon(a, b)).toBeCloseTo(jensenShannon(b, a), 12);
    expect(jensenShannon(a, b)).toBeLessThanOrEqual(jensenShannon(a, c) + jensenShannon(c, b) + 1e-9);
    expect(jensenShannon(a, b)).toBeLessThanOrEqual(1);
  });

  it('is 1 where nothing is in common', () => {
    expect(jensenShannon([3, 0], [0, 9])).toBe(1);
    expect(() => jensenShannon([0, 0], [1, 1])).toThrow(/rows/);
  });
});

describe('plain checks of values', () => {
  it('count what is missing, unseen and out of range, codes apart', () => {
    expect(missingRate([1, Number.NaN, 3, Number.NaN])).toBe(0.5);
    expect(missingRate(['a', null])).toBe(0.5);
    expect(missingRate([])).toBe(0);
    expect(unseenLevels(['a', '乙', '乙', null, 'c'], ['a'])).toEqual({
      share: 0.75,
      levels: [
        { level: '乙', count: 2 },
        { level: 'c', count: 1 },
      ],
    });
    expect(rangeBreaches([-1, 5, 11, 12, Number.NaN, 0], [0, 10], [-1])).toEqual({ below: 0, above: 0.5 });
    expect(rangeBreaches([-1], [0, 10], [-1])).toEqual({ below: 0, above: 0 });
  });
});

/** Rows whose feature `x` is drawn around `mean`, with the outcomes that their true PDs give. */
function rows(
  count: number,
  mean: number,
  seed: string,
  extra = 0,
): { readonly data: Dataset; readonly pd: Float64Array } {
  const random = seededRandom(seed);
  const x = Float64Array.from({ length: count }, () => mean + random.normal());
  const kind = Int32Array.from({ length: count }, () => random.integer(3) - 1);
  const chance = (z: number) => 1 / (1 + Math.exp(-z));
  const declared = { codes: [], monotone: null, label: null } as const;
  const data = makeDataset({
    rows: count,
    columns: [
      { kind: 'number', name: 'x', values: x },
      { kind: 'category', name: 'kind', levels: ['a', 'b'], codes: kind },
    ],
    features: [
      { ...declared, name: 'x', type: 'number' },
      { ...declared, name: 'kind', type: 'category' },
    ],
    bad: Uint8Array.from(x, (value) => (random.uniform() < chance(-2 + value + extra) ? 1 : 0)),
    weight: null,
    group: null,
    time: null,
    ids: Array.from({ length: count }, (_, i) => String(i)),
  });
  return { data, pd: x.map((value) => chance(-2 + value)) };
}

describe('the domain classifier', () => {
  it('tells nobody apart where nothing moved, and sees a move', () => {
    const before = rows(1500, 0, 'before').data;
    const same = domainClassifier(before, rows(1500, 0, 'same').data, before.features);
    expect(same.auc.low).toBeLessThan(0.5);
    expect(same.auc.high).toBeGreaterThan(0.5);
    const moved = domainClassifier(before, rows(1500, 0.5, 'moved').data, before.features);
    // Two normals half a standard deviation apart: Phi(0.5 / sqrt(2)) = 0.638.
    expect(Math.abs(moved.auc.auc - 0.638)).toBeLessThan(0.03);
    const mean = moved.densityRatio.reduce((sum, each) => sum + each, 0) / 1500;
    expect(mean).toBeCloseTo(1, 9);
  });
});

describe('estimated performance', () => {
  it('covers what comes true after the customers have changed, 95 times of 100, by both methods and in all figures', () => {
    const times = 200;
    const covered = { badRate: [0, 0], auc: [0, 0], logLoss: [0, 0] };
    let stale = 0;
    for (let i = 0; i < times; i++) {
      const before = rows(300, 0, `reference ${i}`);
      const now = rows(200, 0.6, `now ${i}`);
      const { densityRatio } = domainClassifier(before.data, now.data, before.data.features);
      const rate = ({ bad }: Dataset) => bad.reduce((sum, each) => sum + each, 0) / bad.length;
      const came = {
        badRate: rate(now.data),
        auc: auc(now.pd, now.data.bad),
        logLoss: logLoss(now.pd, now.data.bad),
      };
      const options = { draws: 100, seed: i };
      const estimates = [
        cbpe(now.pd, options),
        reweighted({ pd: before.pd, bad: before.data.bad, group: null }, densityRatio, 200, options),
      ];
      estimates.forEach((estimate, method) => {
        for (const figure of ['badRate', 'auc', 'logLoss'] as const) {
          const { low, high } = estimate[figure];
          if (low <= came[figure] && came[figure] <= high) covered[figure][method]!++;
        }
      });
      // An estimate that ignores that the customers have moved would miss.
      if (rate(before.data) < estimates[0]!.badRate.low) stale++;
    }
    // Of 100 draws the interval runs from the third to the 98th: 95 places of 101 for the next one. Three standard errors below, which intervals of 80 % reach once in a thousand times.
    const share = 95 / 101;
    const least = times * (share - 3 * Math.sqrt((share * (1 - share)) / times));
    for (const counts of Object.values(covered)) for (const count of counts) expect(count).toBeGreaterThan(least);
    expect(stale).toBeGreaterThan(times / 2);
  });

  it('by PDs is blind to a change of the risk itself, as documented', () => {
    const now = rows(3000, 0, 'riskier', 0.7);
    const realised = now.data.bad.reduce((sum, each) => sum + each, 0) / now.data.rows;
    expect(realised).toBeGreaterThan(cbpe(now.pd).badRate.high);
  });

  test.prop([fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 2, maxLength: 20 })])(
    'by PDs does not depend on the order of the rows, and its AUC is at least one half',
    (pd) => {
      const [a, b] = [cbpe(pd, { draws: 1 }), cbpe(pd.toReversed(), { draws: 1 })];
      expect(a.auc.value).toBeCloseTo(b.auc.value, 9);
      expect(a.auc.value).toBeGreaterThanOrEqual(0.5 - 1e-9);
    },
  );
});
