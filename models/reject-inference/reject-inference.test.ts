import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { makeDataset } from '../dataset/make.ts';
import { fuzzyOutcomes, parcelledOutcomes, raisedOdds, rejectSensitivity } from './index.ts';

function rows(count: number, seed: string, shift: number) {
  const random = seededRandom(seed);
  const x = Float64Array.from({ length: count }, () => random.normal() + shift);
  return makeDataset({
    rows: count,
    columns: [
      { kind: 'number', name: 'x', values: x },
      {
        kind: 'category',
        name: 'c',
        levels: shift > 0 ? ['b', 'new'] : ['a', 'b'],
        codes: Int32Array.from(x, (_, i) => i % 2),
      },
    ],
    features: [
      { name: 'x', type: 'number', codes: [], monotone: null, label: null },
      { name: 'c', type: 'category', codes: [], monotone: null, label: null },
    ],
    bad: Uint8Array.from(x, (value) => (random.uniform() < 1 / (1 + Math.exp(2 - value)) ? 1 : 0)),
    weight: null,
    group: null,
    time: null,
    ids: Array.from({ length: count }, (_, i) => String(i)),
  });
}

const pds = fc.array(fc.double({ min: 0.001, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 200 });

describe('reject inference', () => {
  test.prop([fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.double({ min: 0.1, max: 10, noNaN: true })])(
    'raised odds are the factor times the odds, and stay probabilities',
    (pd, factor) => {
      const raised = raisedOdds(pd, factor);
      expect(raised / (1 - raised) / (pd / (1 - pd))).toBeCloseTo(factor, 6);
    },
  );

  test.prop([pds, fc.double({ min: 1, max: 5, noNaN: true })])(
    'a higher factor never gives fewer defaults',
    (pd, factor) => {
      const known = { pd, bad: pd.map((p) => (p > 0.5 ? 1 : 0)) };
      const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, each) => total + each, 0);
      expect(sum(parcelledOutcomes(known, pd, factor, 1))).toBeGreaterThanOrEqual(
        sum(parcelledOutcomes(known, pd, 1, 1)),
      );
      expect(sum(fuzzyOutcomes(pd, factor))).toBeGreaterThanOrEqual(sum(fuzzyOutcomes(pd, 1)) - 1e-9);
    },
  );

  test('parcelling gives each band the accepted default rate, and the same outcomes for the same seed', () => {
    const pd = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
    const bad = pd.map((p, i) => ((i * 0.618) % 1 < p ? 1 : 0));
    const outcome = parcelledOutcomes({ pd, bad }, pd, 1, 3);
    for (let band = 0; band < 10; band++) {
      const within = (values: ArrayLike<number>): number =>
        Array.from(values)
          .slice(100 * band, 100 * band + 100)
          .reduce((sum, each) => sum + each, 0);
      expect(Math.abs(within(outcome) - within(bad))).toBeLessThanOrEqual(1);
    }
    expect(parcelledOutcomes({ pd, bad }, pd, 1, 3)).toEqual(outcome);
    expect(parcelledOutcomes({ pd, bad }, pd, 1, 4)).not.toEqual(outcome);
  });

  test('fuzzy augmentation without a factor changes nothing; factors raise the PDs of rejected applications', () => {
    const { scenarios, rejected } = rejectSensitivity(rows(2000, 'a', 0), rows(1500, 'r', 1.5), rows(1000, 't', 0));
    expect(rejected).toBe(1500);
    const [base, ...others] = scenarios;
    const fuzzy = others.filter(({ method }) => method === 'fuzzy augmentation');
    expect(fuzzy[0]!.auc).toBeCloseTo(base!.auc, 6);
    expect(fuzzy[0]!.meanPdRejected).toBeCloseTo(base!.meanPdRejected, 5);
    expect(fuzzy[0]!.changedDecisions).toBe(0);
    for (const method of ['fuzzy augmentation', 'parcelling']) {
      const means = others.filter((each) => each.method === method).map((each) => each.meanPdRejected);
      expect(means).toEqual(means.toSorted((a, b) => a - b));
    }
  });
});
