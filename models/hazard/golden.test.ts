import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { artefactOf } from '../artefact/arbitrary.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { makeDataset } from '../dataset/make.ts';
import { near } from '../metrics/golden/sample.ts';
import { ENDED } from './observed.ts';
import { validateHazard, type HazardValidation } from './validate.ts';

interface Golden {
  readonly rows: number;
  readonly longest: number;
  readonly defaults: number;
  readonly horizons: readonly {
    readonly survival: number;
    readonly greenwood: number;
    readonly auc: number;
    readonly aucByDefinition: number;
    readonly aucStandardError: number;
  }[];
}

const golden = JSON.parse(readFileSync(new URL('golden/golden.json', import.meta.url), 'utf8')) as Golden;

/** The rows of golden/make.py. */
function followed() {
  const rows = Array.from({ length: golden.rows }, (_, i) => {
    const [u, v, w] = [0.6180339887498949, 0.7548776662466927, 0.5698402909980532].map((k) => (i * k) % 1) as [
      number,
      number,
      number,
    ];
    return {
      step: 1 + Math.floor(10 * v),
      ended: w < 0.15 + 0.4 * u ? ENDED.defaulted : w > 0.93 ? ENDED.left : ENDED.censored,
      score: Math.floor(40 * ((u + 0.35 * ((i * 0.3819660112501051) % 1)) / 1.35)),
    };
  });
  const ended = Int8Array.from(rows, (row) => row.ended);
  return {
    steps: Int32Array.from(rows, (row) => row.step),
    ended,
    rows: makeDataset({
      rows: rows.length,
      columns: [{ kind: 'number', name: 'score', values: Float64Array.from(rows, (row) => row.score) }],
      features: [{ name: 'score', type: 'number', codes: [], monotone: null, label: null }],
      bad: Uint8Array.from(ended, (each) => (each === ENDED.defaulted ? 1 : 0)),
      weight: null,
      group: null,
      time: null,
      ids: rows.map((_, i) => String(i)),
    }),
  };
}

/** A hazard that rises with the score at every age: a bin for each score. */
const artefact: Artefact = {
  ...artefactOf({
    intercept: -3,
    terms: [
      {
        name: 'score',
        type: 'number',
        encoding: { kind: 'number', codes: [], edges: Array.from({ length: 39 }, (_, k) => k + 0.5) },
        shape: [0, ...Array.from({ length: 40 }, (_, k) => k / 20)],
        support: Array<number>(41).fill(10),
        band: null,
        monotone: null,
        range: null,
        label: null,
      },
      {
        name: 'months_on_book',
        type: 'number',
        encoding: { kind: 'number', codes: [], edges: [10] },
        shape: [0, 0.3, -0.3],
        support: [0, 10, 10],
        band: null,
        monotone: null,
        range: null,
        label: null,
      },
    ],
    pairs: [],
  }),
  target: {
    kind: 'hazard',
    definition: 'default',
    horizonMonths: null,
    ages: { term: 'months_on_book', periodMonths: 3, longestMonths: 3 * golden.longest },
  },
};

describe('a term structure against lifelines, statsmodels and scikit-survival', () => {
  let report: HazardValidation;
  beforeAll(() => {
    report = validateHazard('golden', artefact, followed());
  });

  test('the share defaulted by each age is the product-limit estimate, its interval Greenwood’s', () => {
    expect(report.defaults).toBe(golden.defaults);
    expect(report.censored).toBeGreaterThan(100);
    expect(report.left).toBeGreaterThan(10);
    report.horizons.forEach(({ defaulted }, h) => {
      const { survival, greenwood } = golden.horizons[h]!;
      near(defaulted.value, 1 - survival);
      near(defaulted.high - defaulted.low, 2 * 1.959963984540054 * greenwood);
    });
  });

  test('the AUC by each age is that of scikit-survival, which weights for censoring, its interval the weighted one', () => {
    report.horizons.forEach(({ auc }, h) => {
      const { auc: value, aucByDefinition, aucStandardError } = golden.horizons[h]!;
      near(auc!.value, value);
      near(auc!.value, aucByDefinition);
      near(auc!.high - auc!.low, 2 * 1.959963984540054 * aucStandardError);
    });
  });
});
