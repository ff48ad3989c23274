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
});
