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

  test('the page is self-contained, in both languages, and escapes names', () => {
    const report = validateModel({ model: '<b>&"', predict: truth, test: calibrated(300, 7) });
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
