import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { makeDataset } from '../dataset/make.ts';
import { fitPlainLogistic, fitRidgeLogistic, predictLogistic } from './index.ts';

interface Golden {
  readonly cases: readonly {
    readonly ridge: number;
    readonly weighted: boolean;
    readonly intercept: number;
    readonly coefficients: readonly number[];
  }[];
}

const golden = JSON.parse(readFileSync(new URL('golden/golden.json', import.meta.url), 'utf8')) as Golden;

/** The same numbers as `sample` in golden/make.py. */
function sample(n: number) {
  const i = Float64Array.from({ length: n }, (_, row) => row);
  const [u, v, w, z] = [0.6180339887498949, 0.7548776662466927, 0.5698402909980532, 0.414213562373095].map((k) =>
    i.map((row) => (row * k) % 1),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const columns = [u.map((x) => 4 * x - 2), w.map((x) => (x > 0.7 ? 1 : 0)), u.map((x, row) => x * w[row]!)];
  const bad = z.map((x, row) => (x < 1 / (1 + Math.exp(1 - 1.5 * u[row]! - 2 * w[row]!)) ? 1 : 0));
  return { columns, bad, weight: v.map((x) => 0.5 + x) };
}

describe('plain logistic regression', () => {
  for (const each of golden.cases) {
    test(`coefficients of scikit-learn, ridge ${each.ridge}${each.weighted ? ', weighted' : ''}`, () => {
      const { columns, bad, weight } = sample(600);
      const fit = fitRidgeLogistic(columns, bad, each.weighted ? weight : null, each.ridge);
      expect(fit.intercept).toBeCloseTo(each.intercept, 7);
      fit.coefficients.forEach((b, c) => expect(b).toBeCloseTo(each.coefficients[c]!, 7));
    });
  }

  test.prop([fc.integer({ min: 1, max: 5 })])('a weight of k counts as the row k times', (k) => {
    const { columns, bad } = sample(60);
    const repeat = (values: Float64Array): Float64Array =>
      Float64Array.from([...values].flatMap((value, i) => Array<number>(i % 2 ? k : 1).fill(value)));
    const weighted = fitRidgeLogistic(
      columns,
      bad,
      bad.map((_, i) => (i % 2 ? k : 1)),
    );
    const repeated = fitRidgeLogistic(columns.map(repeat), repeat(bad), null);
    expect(weighted.intercept).toBeCloseTo(repeated.intercept, 6);
    weighted.coefficients.forEach((b, c) => expect(b).toBeCloseTo(repeated.coefficients[c]!, 6));
  });

  test('a share as outcome is the same as a bad and a good with these weights', () => {
    const { columns, bad } = sample(60);
    const twice = columns.map((column) => Float64Array.from([...column, ...column]));
    const share = fitRidgeLogistic(
      columns,
      bad.map(() => 0.3),
      null,
    );
    const split = fitRidgeLogistic(
      twice,
      [...bad.map(() => 1), ...bad.map(() => 0)],
      [...bad.map(() => 0.3), ...bad.map(() => 0.7)],
    );
    expect(split.intercept).toBeCloseTo(share.intercept, 6);
  });

  test('missing cells, special codes, outliers and unseen levels are all scored, and the mean PD is the default rate', () => {
    const random = seededRandom(3);
    const rows = 2000;
    const x = Float64Array.from({ length: rows }, () => (random.uniform() < 0.1 ? Number.NaN : random.normal()));
    x[0] = Number.MAX_VALUE;
    x[1] = -1;
    const codes = Int32Array.from({ length: rows }, () => random.integer(3) - 1);
    const bad = Uint8Array.from(x, (value) =>
      random.uniform() < (Number.isNaN(value) ? 0.6 : 1 / (1 + Math.exp(1 - value))) ? 1 : 0,
    );
    const train = makeDataset({
      rows,
      columns: [
        { kind: 'number', name: 'x', values: x },
        { kind: 'category', name: 'c', levels: ['a', 'b'], codes },
      ],
      features: [
        { name: 'x', type: 'number', codes: [-1], monotone: null, label: null },
        { name: 'c', type: 'category', codes: [], monotone: null, label: null },
      ],
      bad,
      weight: null,
      group: null,
      time: null,
      ids: Array.from({ length: rows }, (_, i) => String(i)),
    });
    const model = fitPlainLogistic(train);
    const pd = predictLogistic(model, train);
    const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, each) => sum + each, 0) / rows;
    expect(mean(pd)).toBeCloseTo(mean(bad), 8);
    const other = {
      rows: 1,
      columns: [{ kind: 'category' as const, name: 'c', levels: ['new'], codes: Int32Array.of(0) }],
    };
    expect(predictLogistic(model, other)[0]).toBeGreaterThan(0);
  });
});
