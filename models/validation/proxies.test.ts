import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { groupedFolds } from '../dataset/folds.ts';
import { makeDataset } from '../dataset/make.ts';
import { auc, normalCdf } from '../metrics/index.ts';
import { near } from '../metrics/golden/sample.ts';
import { measureProxies } from './proxies.ts';

const ROWS = 3000;
const random = seededRandom('proxies-test');
const sex = Int32Array.from({ length: ROWS }, () => (random.uniform() < 0.4 ? 1 : 0));
const age = Float64Array.from({ length: ROWS }, () => 20 + random.integer(50));
const shifted = Float64Array.from(sex, (member) => member * 1.2 + random.normal());
const older = Float64Array.from(age, (years) => years / 14 + random.normal());
const noise = Float64Array.from({ length: ROWS }, () => random.normal());
const columns = Object.entries({ shifted, older, noise }).map(
  ([name, values]) => ({ kind: 'number', name, values }) as const,
);
const rows = makeDataset({
  rows: ROWS,
  columns,
  features: columns.map(({ name }) => ({ name, type: 'number', codes: [], monotone: null, label: null })),
  bad: Uint8Array.from({ length: ROWS }, (_, i) => i % 2),
  weight: null,
  group: null,
  time: null,
  ids: Array.from({ length: ROWS }, (_, i) => String(i)),
});
const sexes = { kind: 'category', name: 'sex', levels: ['m', 'f'], codes: sex } as const;
const levels = [...new Set(age)].sort((a, b) => a - b);
const ages = {
  kind: 'category',
  name: 'age',
  levels: levels.map(String),
  codes: Int32Array.from(age, (years) => levels.indexOf(years)),
} as const;

test('a feature that gives a group away is found by name, with about the AUC that the shift has by law', () => {
  const [report] = measureProxies([sexes], rows);
  const measure = report!.measures[0]!;
  expect(report!.measures).toHaveLength(1);
  expect(measure).toMatchObject({ group: 'f', measure: 'auc' });
  // Two normals 1.2 apart: AUC = Phi(1.2 / sqrt 2). Five bins of one feature reach a little less.
  const law = normalCdf(1.2 / Math.SQRT2);
  expect(Math.abs(auc(shifted, Uint8Array.from(sex)) - law)).toBeLessThan(0.02);
  expect(measure.value).toBeGreaterThan(law - 0.04);
  expect(measure.value).toBeLessThan(law + 0.02);
  expect(measure.low).toBeLessThan(measure.value);
  expect(measure.features[0]?.feature).toBe('shifted');
});

test('a quantity is predicted as a number, with its share of the variance', () => {
  const [report] = measureProxies([ages], rows);
  const measure = report!.measures[0]!;
  expect(measure).toMatchObject({ group: null, measure: 'r2' });
  const variance = (50 ** 2 - 1) / 12 / 14 ** 2;
  const law = variance / (variance + 1);
  expect(measure.value).toBeGreaterThan(law - 0.1);
  expect(measure.value).toBeLessThan(law + 0.05);
  expect(measure.features[0]?.feature).toBe('older');
});

test('features that know nothing give an interval around one half; a group of a few rows is not judged', () => {
  const coin = { ...sexes, name: 'coin', codes: sex.map(() => random.integer(2)) };
  const [report] = measureProxies([coin], rows);
  const { low, high } = report!.measures[0]!;
  expect(low).toBeLessThan(0.5);
  expect(high).toBeGreaterThan(0.45);
  expect(high).toBeLessThan(0.56);
  const rare = { ...sexes, levels: ['m', 'f', 'other'], codes: sex.map((code, row) => (row < 5 ? 2 : code)) };
  const [few] = measureProxies([rare], rows);
  expect(few!.tooFew).toEqual(['other']);
  expect(few!.measures.map(({ group }) => group)).toEqual(['m', 'f']);
});

test('a protected attribute that is a feature does not count as its own proxy', () => {
  const withSex = makeDataset({
    ...rows,
    columns: [...rows.columns, sexes],
    features: [...rows.features, { name: 'sex', type: 'category', codes: [], monotone: null, label: null }],
  });
  const [report] = measureProxies([sexes], withSex);
  expect(report!.inModel).toBe(true);
  expect(report!.measures[0]!.value).toBeLessThan(0.9);
});

test('the share of a number’s variance that features tell is that of scikit-learn’s ridge, its interval scipy’s', () => {
  const golden = JSON.parse(readFileSync(new URL('golden/golden.json', import.meta.url), 'utf8')) as {
    readonly folds: string;
    readonly r2: { readonly value: number; readonly low: number; readonly high: number };
  };
  const count = golden.folds.length;
  // The rows of golden/make.py.
  const made = Array.from({ length: count }, (_, i) => {
    const at = (k: number): number => (i * k) % 1;
    const [u, v, w] = [at(0.6180339887498949), at(0.7548776662466927), at(0.5698402909980532)];
    return { older: u + 0.5 * w, noise: v, age: 20 + Math.floor(45 * u + 5 * v) };
  });
  const bad = new Uint8Array(count);
  expect([...groupedFolds({ rows: count, bad, group: null }, 3, 1)].join('')).toBe(golden.folds);
  const features = (['older', 'noise'] as const).map(
    (name) => ({ kind: 'number', name, values: Float64Array.from(made, (row) => row[name]) }) as const,
  );
  const test = makeDataset({
    rows: count,
    columns: features,
    features: features.map(({ name }) => ({ name, type: 'number', codes: [], monotone: null, label: null })),
    bad,
    weight: null,
    group: null,
    time: null,
    ids: made.map((_, i) => String(i)),
  });
  const years = [...new Set(made.map((row) => row.age))];
  const codes = Int32Array.from(made, (row) => years.indexOf(row.age));
  const [report] = measureProxies([{ kind: 'category', name: 'age', levels: years.map(String), codes }], test);
  const { measure, value, low, high } = report!.measures[0]!;
  expect(measure).toBe('r2');
  near(value, golden.r2.value);
  near(low, golden.r2.low);
  near(high, golden.r2.high);
});
