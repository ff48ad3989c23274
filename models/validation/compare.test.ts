import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { makeDataset } from '../dataset/make.ts';
import { compareModels } from './index.ts';

/** Outcomes that follow a true PD; the second score knows it but for noise of the given size (in log-odds). */
function sample(rows: number, noise: number, seed: number, perCustomer = 1) {
  const random = seededRandom(seed);
  const logOdds = Array.from({ length: rows }, () => -1.5 + 1.2 * random.normal());
  const pdOf = (z: number): number => 1 / (1 + Math.exp(-z));
  const truth = Float64Array.from(logOdds, pdOf);
  const noisy = Float64Array.from(logOdds, (z) => pdOf(z + noise * random.normal()));
  const dataset = makeDataset({
    rows,
    columns: [{ kind: 'number', name: 'pd', values: truth }],
    features: [{ name: 'pd', type: 'number', codes: [], monotone: null, label: null }],
    bad: Uint8Array.from(truth, (pd) => (random.uniform() < pd ? 1 : 0)),
    weight: null,
    group: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / perCustomer)),
    time: null,
    ids: Array.from({ length: rows }, (_, i) => String(i)),
  });
  return { dataset, truth: { model: 'truth', pd: truth }, noisy: { model: 'noisy', pd: noisy } };
}

describe('two models on the same rows', () => {
  test('the true PD beats a noisy one where the rows suffice', () => {
    const { dataset, truth, noisy } = sample(4000, 2, 1);
    expect(compareModels(truth, noisy, dataset)).toMatchObject({ verdict: 'first', method: 'DeLong' });
    expect(compareModels(noisy, truth, dataset).verdict).toBe('second');
  });

  test('few rows are not enough evidence', () => {
    const { dataset, truth, noisy } = sample(80, 0.5, 2);
    const { verdict, difference } = compareModels(truth, noisy, dataset);
    expect(verdict).toBe('not enough evidence');
    expect(difference.low).toBeLessThanOrEqual(0);
    expect(difference.high).toBeGreaterThanOrEqual(0);
  });

  test('a model is never better than itself', () => {
    const { dataset, truth } = sample(500, 0, 3);
    const { difference, verdict } = compareModels(truth, { ...truth, model: 'again' }, dataset);
    expect(difference).toMatchObject({ difference: 0, pValue: 1 });
    expect(verdict).toBe('not enough evidence');
  });

  test('rows told twice by the same customers are no further evidence', () => {
    const { dataset, truth, noisy } = sample(600, 1, 4);
    const twice = <T extends Float64Array | Uint8Array | Int32Array>(values: T): T =>
      (values.constructor as unknown as { from(all: Iterable<number>): T }).from([...values, ...values]);
    const { hash: _, ...parts } = dataset;
    const doubled = makeDataset({
      ...parts,
      rows: 1200,
      columns: [{ kind: 'number', name: 'pd', values: twice(truth.pd) }],
      bad: twice(dataset.bad),
      group: dataset.group && twice(dataset.group),
      ids: [...dataset.ids, ...dataset.ids],
    });
    const once = compareModels(truth, noisy, dataset);
    const again = compareModels({ ...truth, pd: twice(truth.pd) }, { ...noisy, pd: twice(noisy.pd) }, doubled);
    expect(again.method).toBe('Obuchowski, by customer');
    expect(again.difference.difference).toBeCloseTo(once.difference.difference, 12);
    expect(again.difference.standardError / once.difference.standardError).toBeCloseTo(1, 2);
  });

  test.prop([fc.integer(), fc.constantFrom(1, 3)], { numRuns: 20 })('swapping them turns the sign', (seed, per) => {
    const { dataset, truth, noisy } = sample(300, 1, seed, per);
    const one = compareModels(truth, noisy, dataset).difference;
    const other = compareModels(noisy, truth, dataset).difference;
    expect(other.difference).toBeCloseTo(-one.difference, 12);
    expect(other.low).toBeCloseTo(-one.high, 12);
    expect(other.pValue).toBeCloseTo(one.pValue, 12);
  });

  test('a few lucky rows prove no winner, and the rows say what they could have shown', () => {
    // Four bads that the first ranks on top and the second at the bottom: an interval far from zero, of four customers.
    const { dataset } = sample(200, 0, 5);
    const bad = Uint8Array.from({ length: 200 }, (_, i) => (i < 4 ? 1 : 0));
    const { hash: _, ...parts } = dataset;
    const rows = makeDataset({ ...parts, bad });
    const pd = Float64Array.from({ length: 200 }, (_, i) => (i < 4 ? 0.9 : 0.01 + i * 1e-5));
    const flipped = pd.map((each) => 1 - each);
    const found = compareModels({ model: 'lucky', pd }, { model: 'unlucky', pd: flipped }, rows);
    expect(found.difference.low).toBeGreaterThan(0);
    expect(found.profit.difference.low).toBeGreaterThan(0);
    expect(found).toMatchObject({ verdict: 'not enough evidence', because: 'few', trulyBetter: 'not enough evidence' });
    expect(found.profit).toMatchObject({ verdict: 'not enough evidence', because: 'few' });
    const little = sample(80, 0.5, 2);
    const { sensitivity, difference } = compareModels(little.truth, little.noisy, little.dataset);
    expect(sensitivity?.minimumDetectable).toBeGreaterThan(2.8 * difference.standardError);
    expect(sensitivity?.power).toBeLessThan(0.2);
  });

  test('truly better is what both ranks better and earns more', () => {
    const { dataset, truth, noisy } = sample(6000, 2, 6);
    const found = compareModels(truth, noisy, dataset);
    expect(found).toMatchObject({ verdict: 'first', profit: { verdict: 'first' }, trulyBetter: 'first' });
    // The same order with every PD far too high: it ranks as well, refuses all, and earns nothing.
    const shifted = { model: 'shifted', pd: truth.pd.map((pd) => 0.5 + pd / 2) };
    const apart = compareModels(truth, shifted, dataset);
    expect(apart).toMatchObject({ verdict: 'not enough evidence', profit: { verdict: 'first' } });
    expect(apart.trulyBetter).toBe('not enough evidence');
    expect(apart.profit.second).toEqual({ accepted: 0, perApplication: 0 });
  });

  test('equal models are told apart in at most one sample of twenty', () => {
    const wrong = { ranking: 0, profit: 0 };
    const samples = 300;
    for (let seed = 0; seed < samples; seed++) {
      const { dataset, noisy, truth } = sample(500, 0.7, seed);
      const random = seededRandom(seed + 10_000);
      const pd = truth.pd.map((each) => 1 / (1 + ((1 - each) / each) * Math.exp(-0.7 * random.normal())));
      const found = compareModels(noisy, { model: 'another', pd }, dataset);
      if (found.verdict !== 'not enough evidence') wrong.ranking++;
      if (found.profit.verdict !== 'not enough evidence') wrong.profit++;
    }
    // 5 % of 300 and three standard errors.
    expect(wrong.ranking).toBeLessThanOrEqual(26);
    expect(wrong.profit).toBeLessThanOrEqual(26);
  });

  test('exposure weighs what a decision is worth', () => {
    const { dataset, truth, noisy } = sample(3000, 2, 7);
    const values = Float64Array.from({ length: 3000 }, () => 5000);
    const one = compareModels(truth, noisy, dataset).profit;
    const scaled = compareModels(truth, noisy, dataset, { exposure: { column: 'amount', values } }).profit;
    expect(scaled.difference.difference / 5000).toBeCloseTo(one.difference.difference, 12);
    expect(scaled.sensitivity?.power).toBeCloseTo(one.sensitivity?.power ?? Number.NaN, 10);
    expect(scaled.exposure).toBe('amount');
  });
});
