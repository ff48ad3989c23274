import type { Artefact } from '../../models/artefact/index.ts';

/** A small artefact with a number, a category, a date, codes and a pair; `shift` makes another model of it. */
export function smallArtefact(shift = 0, featureViews: { readonly [view: string]: string } = {}): Artefact {
  return {
    format: 'probity.glass-box/1',
    name: 'small',
    target: { kind: 'default', definition: 'test', horizonMonths: 12 },
    model: {
      intercept: -3 + shift,
      terms: [
        {
          name: 'days_late',
          type: 'number',
          encoding: { kind: 'number', codes: [-1], edges: [1, 30.5] },
          shape: [0.1, 0.2, -0.4, 0.3, 1.7],
          support: [5, 5, 60, 20, 10],
          band: null,
          monotone: 'increasing',
          range: [0, 400],
          label: { en: 'Days late', 'zh-CN': '逾期天数' },
        },
        {
          name: 'sector',
          type: 'category',
          encoding: { kind: 'category', codes: [], levels: ['retail', 'mining'] },
          shape: [0.05, -0.1, 0.6, 0.02],
          support: [1, 79, 20, 0],
          band: null,
          monotone: null,
          range: null,
          label: { en: 'Sector', 'zh-CN': '行业' },
        },
        {
          name: 'customer_since',
          type: 'date',
          encoding: { kind: 'number', codes: [], edges: [15000, 19000] },
          shape: [0, -0.3, 0.01, 0.33],
          support: [0, 50, 40, 10],
          band: null,
          monotone: null,
          range: [10000, 20000],
          label: null,
        },
      ],
      pairs: [
        {
          a: 0,
          b: 1,
          rowOf: [0, 0, 0, 1, 1],
          columnOf: [0, 0, 1, 0],
          values: [
            [-0.01, 0.02],
            [0.03, 0.5],
          ],
        },
      ],
    },
    calibration: { method: 'none', slope: 1, intercept: 0, logLossBefore: 0.3, logLossAfter: 0.3 },
    provenance: {
      seed: 1,
      trainingSetHash: 'a'.repeat(64),
      specHash: 'b'.repeat(64),
      featureViews,
      rows: 100,
      bads: 7,
      period: null,
      trainer: { version: '1', options: {} },
    },
    outOfFold: { auc: 0.8, logLoss: 0.3 },
    protected: [],
    warnings: [],
  };
}
