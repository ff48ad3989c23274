import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { makeDataset } from '../dataset/make.ts';
import type { FeatureMatrix } from '../dataset/dataset.ts';
import { answerGate, renderValidationHtml, validateModel, verdictOf } from './index.ts';

/** Rows whose PD is their only feature, and whose outcomes follow it. */
function calibrated(rows: number, seed: number) {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: rows }, () => 1 / (1 + Math.exp(1.5 - 1.2 * random.normal())));
  return makeDataset({
    rows,
    columns: [{ kind: 'number', name: 'pd', values }],
    features: [{ name: 'pd', type: 'number', codes: [], monotone: null, label: null }],
    bad: Uint8Array.from(values, (pd) => (random.uniform() < pd ? 1 : 0)),
    weight: null,
    group: null,
    time: null,
    ids: Array.from({ length: rows }, (_, i) => String(i)),
  });
}

const truth = (rows: FeatureMatrix): Float64Array => (rows.columns[0] as { values: Float64Array }).values;

describe('validation', () => {
  test('the true PD passes every gate on a large sample', () => {
    const test = calibrated(8000, 1);
    const report = validateModel({
      model: 'truth',
      predict: truth,
      test,
      train: calibrated(8000, 2),
      champion: truth(test),
    });
    expect(report.gates.map((gate) => [gate.id, gate.result])).toEqual([
      ['discrimination', 'pass'],
      ['calibration-slope', 'pass'],
      ['calibration-in-the-large', 'pass'],
      ['population-stability', 'pass'],
      ['not-worse-than-champion', 'pass'],
    ]);
    expect(report.verdict).toBe('pass');
  });

  test('the same model on few rows is insufficient evidence, never green', () => {
    const report = validateModel({ model: 'truth', predict: truth, test: calibrated(60, 3) });
    expect(report.verdict).toBe('insufficient evidence');
  });

  test('PDs that are three times too steep fail the calibration gate', () => {
    const steep = (rows: FeatureMatrix): Float64Array =>
      truth(rows).map((p) => 1 / (1 + Math.exp(-3 * Math.log(p / (1 - p)))));
    const report = validateModel({ model: 'steep', predict: steep, test: calibrated(8000, 4) });
    expect(report.gates.find((gate) => gate.id === 'calibration-slope')?.result).toBe('fail');
    expect(report.verdict).toBe('fail');
  });

  test('noise fails against a true champion', () => {
    const test = calibrated(4000, 5);
    const random = seededRandom(6);
    const noise = Float64Array.from({ length: test.rows }, () => random.uniform());
    const report = validateModel({ model: 'noise', predict: () => noise, test, champion: truth(test) });
    expect(report.gates.find((gate) => gate.id === 'not-worse-than-champion')?.result).toBe('fail');
  });

  test('a model looks no better for the rows that it was trained on', () => {
    const test = calibrated(8000, 8);
    const report = validateModel({ model: 'truth', predict: truth, test, training: { hash: test.hash, period: null } });
    expect(report.sample.scope).toBe('in-sample');
    expect(new Set(report.gates.map((gate) => gate.because))).toEqual(new Set(['in-sample']));
    expect(report.verdict).toBe('insufficient evidence');
  });

  test('few rows that are separated perfectly prove nothing, against a bound or a champion', () => {
    const { hash: _, ...parts } = calibrated(8, 9);
    const pd = (parts.columns[0] as { values: Float64Array }).values;
    const middle = pd.toSorted()[4]!;
    const test = makeDataset({ ...parts, bad: Uint8Array.from(pd, (p) => (p >= middle ? 1 : 0)) });
    const champion = pd.map((p) => p * p);
    const report = validateModel({ model: 'lucky', predict: truth, test, champion });
    expect(report.discrimination.auc.value).toBe(1);
    expect(report.gates.find((gate) => gate.id === 'discrimination')?.result).toBe('insufficient evidence');
    expect(report.gates.find((gate) => gate.id === 'not-worse-than-champion')?.result).toBe('insufficient evidence');
  });

  test('rows are told apart by time and counted once in every division', () => {
    const { hash: _, ...parts } = calibrated(900, 10);
    const day = 86_400_000;
    const test = makeDataset({ ...parts, time: Float64Array.from({ length: 900 }, (_, i) => i * day) });
    const segment = {
      kind: 'category',
      name: 's',
      levels: ['a', 'b'],
      codes: Int32Array.from({ length: 900 }, (_, i) => (i % 3) - 1),
    } as const;
    const training = { hash: 'other', period: ['1970-01-01T00:00:00.000Z', '1971-01-01T00:00:00.000Z'] } as const;
    const report = validateModel({ model: 'm', predict: truth, test, training, segment });
    expect(report.sample.scope).toBe('partly-out-of-time');
    expect(report.divisions.map(({ by }) => by)).toEqual(['time', 'period', 'segment']);
    for (const { parts: each } of report.divisions) expect(each.reduce((sum, { rows }) => sum + rows, 0)).toBe(900);
  });

  test('the right PDs fail in no grade that has power, PDs cut to a third fail', () => {
    const grades = [0.1, 0.2, 0.4, 1].map((pdBelow, i) => ({ code: String(i), pdBelow }));
    const test = calibrated(8000, 11);
    const found = validateModel({ model: 'truth', predict: truth, test, grades }).grades!;
    expect(found.grades.map(({ result }) => result)).not.toContain('fail');
    expect(found.grades.reduce((sum, { rows }) => sum + rows, 0)).toBe(8000);
    const low = (rows: FeatureMatrix): Float64Array => truth(rows).map((p) => p / 3);
    expect(validateModel({ model: 'low', predict: low, test, grades }).grades!.grades[0]?.result).toBe('fail');
  });

  test('migrations are read from customers that were seen twice, and from the champion', () => {
    const { hash: _, ...parts } = calibrated(400, 12);
    const rows = Array.from({ length: 400 }, (_, i) => i);
    const test = makeDataset({
      ...parts,
      group: Int32Array.from(rows, (i) => i % 200),
      time: Float64Array.from(rows, (i) => (i < 200 ? 0 : 1e9)),
    });
    const grades = [0.2, 1].map((pdBelow, i) => ({ code: String(i), pdBelow }));
    const champion = truth(test);
    const { migrations } = validateModel({ model: 'm', predict: truth, test, grades, champion }).grades!;
    expect(
      migrations.map(({ between, counts }) => [between, counts.flat().reduce((sum, each) => sum + each, 0)]),
    ).toEqual([
      ['first and last observation', 200],
      ['champion and model', 400],
    ]);
    expect(migrations[1]?.unmoved).toBe(1);
  });

  test('groups that are treated alike pass with power, a group whose PDs are doubled fails, a small one is not told', () => {
    const test = calibrated(9000, 13);
    const codes = Int32Array.from({ length: test.rows }, (_, i) => (i % 100 === 0 ? 2 : i % 2));
    const attribute = { kind: 'category', name: 'g', levels: ['x', 'y', 'few'], codes } as const;
    const results = (predict: (rows: FeatureMatrix) => Float64Array) =>
      new Map(
        validateModel({ model: 'm', predict, test, protected: [attribute], approveBelow: 0.2 }).fairness[0]!.groups.map(
          ({ measures, against }) => [measures.name, against?.result ?? null],
        ),
      );
    const alike = results(truth);
    expect(alike.get('few')).toBe('insufficient evidence');
    expect([...alike.values()].filter((each) => each === 'pass')).toHaveLength(1);
    const unfair = results((rows) => truth(rows).map((p, i) => (codes[i] === 0 ? Math.min(1, 2 * p) : p)));
    expect([...unfair.values()]).toContain('fail');
  });

  test('rows that do not state the attribute are never the group that others are measured by', () => {
    const test = calibrated(900, 15);
    const codes = Int32Array.from({ length: 900 }, (_, i) => Math.max(-1, (i % 5) - 3));
    const attribute = { kind: 'category', name: 'g', levels: ['x', 'y'], codes } as const;
    const [found] = validateModel({ model: 'm', predict: truth, test, protected: [attribute] }).fairness;
    expect(found?.groups.map(({ measures }) => measures.name)).toEqual(['x', 'y', '(not stated)']);
    expect(found?.reference).toBe('x');
  });

  test('the page is self-contained, in both languages, and escapes names', () => {
    const test = calibrated(300, 7);
    const attribute = {
      kind: 'category',
      name: '<b>a',
      levels: ['<b>1', '2'],
      codes: Int32Array.from({ length: 300 }, (_, i) => i % 2),
    } as const;
    const report = validateModel({
      model: '<b>&"',
      predict: truth,
      test,
      train: calibrated(300, 14),
      champion: truth(test),
      logistic: truth(test),
      grades: [0.1, 0.5, 1].map((pdBelow, i) => ({ code: `<b>${i}`, pdBelow })),
      segment: attribute,
      protected: [attribute],
    });
    expect(report.notMeasured).toEqual(['periods', 'rejects']);
    for (const language of ['en', 'zh-CN'] as const) {
      const page = renderValidationHtml(report, { language });
      expect(page).not.toMatch(/<b>|<script|https?:|NaN/);
      expect(page).toContain(language === 'en' ? 'Insufficient evidence' : '证据不足');
    }
  });

  test.prop([fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true })])(
    'a gate passes only where its whole interval is acceptable',
    (value, half) => {
      const estimate = { value, standardError: half / 1.96, low: value - half, high: value + half };
      const rule = { id: 'g', measure: 'calibrationSlope', atLeast: -1, atMost: 1, ideal: 0 } as const;
      const gate = answerGate(rule, estimate, { rows: 10, bads: 5 });
      expect(gate.result === 'pass').toBe(estimate.low >= -1 && estimate.high <= 1);
      expect(verdictOf([gate])).toBe(gate.result);
      expect(gate.power).toBeGreaterThanOrEqual(0);
    },
  );
});
