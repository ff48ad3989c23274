import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { auc, delongInterval, weightedAucInterval } from './index.ts';

const sample = fc
  .record({ seed: fc.integer({ min: 0, max: 1e6 }), rows: fc.integer({ min: 40, max: 300 }) })
  .map(({ seed, rows }) => {
    const random = seededRandom(`weighted/${seed}`);
    const bad = Uint8Array.from({ length: rows }, (_, i) => (i < 5 || (i >= 10 && random.uniform() < 0.3) ? 1 : 0));
    return { bad, scores: Float64Array.from(bad, (each) => each + 1.5 * random.normal()) };
  });

test.prop([sample, fc.double({ min: 0.01, max: 100, noNaN: true })], { seed: 1 })(
  'equal weights give DeLong’s interval, whatever their size',
  ({ scores, bad }, size) => {
    const plain = delongInterval(scores, bad);
    const weighted = weightedAucInterval(
      scores,
      bad,
      Float64Array.from(scores, () => size),
    );
    expect(weighted.auc).toBeCloseTo(plain.auc, 12);
    expect(weighted.standardError).toBeCloseTo(plain.standardError, 9);
  },
);

test.prop([sample], { seed: 2 })('a row of weight 0 is not there', ({ scores, bad }) => {
  const weight = Float64Array.from(scores, (_, i) => (i % 3 === 0 && i > 20 ? 0 : 1));
  const kept = [...weight.keys()].filter((row) => weight[row] === 1);
  const fewer = delongInterval(
    Float64Array.from(kept, (row) => scores[row]!),
    Uint8Array.from(kept, (row) => bad[row]!),
  );
  const { auc: value, standardError } = weightedAucInterval(scores, bad, weight);
  expect(value).toBeCloseTo(fewer.auc, 12);
  expect(standardError).toBeCloseTo(fewer.standardError, 9);
});

test('the interval of weighted rows holds the truth as often as it says', () => {
  // Weights that depend on nothing: the weighted AUC estimates the same truth, with a wider interval.
  const random = seededRandom('coverage');
  const truth = auc(
    Float64Array.from({ length: 40_000 }, (_, i) => (i % 2) + random.normal()),
    Uint8Array.from({ length: 40_000 }, (_, i) => i % 2),
  );
  let held = 0;
  for (let draw = 0; draw < 400; draw++) {
    const bad = Uint8Array.from({ length: 150 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const scores = Float64Array.from(bad, (each) => each + random.normal());
    const weight = Float64Array.from(bad, () => (random.uniform() < 0.2 ? 6 : 1));
    const { low, high } = weightedAucInterval(scores, bad, weight);
    if (low <= truth && truth <= high) held++;
  }
  expect(held / 400).toBeGreaterThan(0.89);
  expect(held / 400).toBeLessThan(0.99);
});
