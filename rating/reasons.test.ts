import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Artefact, FeatureTerm } from '../models/artefact/index.ts';
import { compile } from '../models/scoring/index.ts';
import { rateableModel } from './model.ts';
import { pointsPerLogOdds } from './points.ts';
import { rate } from './rate.ts';
import { figure, type Display } from './reasons/figures.ts';
import { goodRuns, nearestGood } from './reasons/good-values.ts';
import { reasonText } from './reasons/render.ts';
import type { Reason } from './reasons/reasons.ts';
import { defaultStandards } from './standards.ts';

const standards = defaultStandards();
const effect = fc.double({ min: -3, max: 3, noNaN: true }).map((value) => value + 0);
const weight = fc.integer({ min: 0, max: 50 });

function term(
  name: string,
  shape: readonly number[],
  support: readonly number[],
  edges: readonly number[],
): FeatureTerm {
  return {
    name,
    type: 'number',
    encoding: { kind: 'number', codes: [], edges },
    shape,
    support,
    band: null,
    monotone: null,
    range: [-1e9, 1e9],
    label: null,
  };
}

const modelArbitrary = fc
  .tuple(
    fc.array(
      fc.tuple(fc.array(effect, { minLength: 5, maxLength: 5 }), fc.array(weight, { minLength: 5, maxLength: 5 })),
      {
        minLength: 2,
        maxLength: 6,
      },
    ),
    fc.array(effect, { minLength: 4, maxLength: 4 }),
    effect,
  )
  .map(([shapes, pair, intercept]) => {
    const terms = shapes.map(([shape, support], i) => term(`f${i}`, shape, support, [0, 10, 20]));
    const half = [0, 0, 0, 1, 1];
    const pairs = [{ a: 0, b: 1, rowOf: half, columnOf: half, values: [pair.slice(0, 2), pair.slice(2)] }];
    return artefactOf(terms, pairs, intercept);
  });

function artefactOf(
  terms: Artefact['model']['terms'],
  pairs: Artefact['model']['pairs'] = [],
  intercept = -2,
): Artefact {
  return {
    format: 'probity.glass-box/1',
    name: 'random',
    target: { kind: 'default', definition: '', horizonMonths: 12 },
    model: { intercept, terms, pairs },
    calibration: { method: 'none', slope: 1, intercept: 0, logLossBefore: 0, logLossAfter: 0 },
    provenance: {
      seed: 0,
      trainingSetHash: '',
      specHash: '',
      featureViews: {},
      rows: 0,
      bads: 0,
      period: null,
      trainer: { version: '', options: {} },
    },
    outOfFold: { auc: 0.5, logLoss: 0 },
    protected: [],
    warnings: [],
  };
}

const valuesArbitrary = fc
  .array(fc.option(fc.double({ min: -5, max: 30, noNaN: true })), { minLength: 6, maxLength: 6 })
  .map((list) => Object.fromEntries(list.map((value, i) => [`f${i}`, value])));

describe('a model of another event than default', () => {
  test.prop([modelArbitrary, valuesArbitrary], { numRuns: 5 })('is not rated with', (artefact, values) => {
    const late = { ...artefact, target: { ...artefact.target, kind: 'late-payment' } } as const;
    const input = { values, horizonMonths: 12, staleSources: [], incompleteSources: [] };
    expect(() => rate(rateableModel(compile(late), 'hash'), standards, input)).toThrow(
      expect.objectContaining({ code: 'TARGET_MISMATCH' }),
    );
  });
});

describe('reasons', () => {
  test.prop([modelArbitrary, valuesArbitrary])(
    'are the contributions furthest above the population’s, worst first, at most four, and no other is worse',
    (artefact, values) => {
      const model = rateableModel(compile(artefact), 'hash');
      const rating = rate(model, standards, { values, horizonMonths: 12, staleSources: [], incompleteSources: [] });
      const excess = rating.contributions.map(({ contribution, reference }) => contribution - reference);
      const lost = rating.reasons.map(({ pointsLost }) => pointsLost / pointsPerLogOdds(standards.points));
      const expected = excess
        .filter((value) => value * pointsPerLogOdds(standards.points) >= standards.policy.reasons.leastPoints)
        .sort((a, b) => b - a)
        .slice(0, 4);
      expect(lost.length).toBe(expected.length);
      lost.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 12));
      expect(rating.contributions.reduce((sum, { contribution }) => sum + contribution, rating.intercept)).toBe(
        rating.logOdds,
      );
    },
  );

  test.prop([modelArbitrary, valuesArbitrary])(
    'of one feature name values that really are good: moving there never scores worse than the average for that feature',
    (artefact, values) => {
      const model = rateableModel(compile(artefact), 'hash');
      const rating = rate(model, standards, { values, horizonMonths: 12, staleSources: [], incompleteSources: [] });
      for (const reason of rating.reasons) {
        const [feature, other] = reason.features;
        if (feature === undefined || other !== undefined || feature.good?.kind !== 'range') continue;
        const { from, below } = feature.good;
        const better = from ?? (below === null ? 0 : below - 1e-6);
        const moved = model.scorer.score({ ...values, [feature.name]: better });
        const index = artefact.model.terms.findIndex(({ name }) => name === feature.name);
        expect(moved.contributions[index]).toBeLessThanOrEqual(reason.reference);
      }
    },
  );

  test.prop([modelArbitrary])('are measured against the mean of the training population', (artefact) => {
    const model = rateableModel(compile(artefact), 'hash');
    artefact.model.terms.forEach((each, i) => {
      const total = each.support.reduce((sum, count) => sum + count, 0);
      const mean = each.shape.reduce((sum, value, bin) => sum + value * (each.support[bin] ?? 0), 0) / total;
      expect(model.reference[i]).toBeCloseTo(total > 0 ? mean : 0, 10);
    });
  });
});

describe('good values', () => {
  const shape = [9, 1, -1, -1, 2, -2];
  const support = [1, 1, 1, 1, 1, 1];
  const runs = goodRuns(term('x', shape, support, [1, 2, 3, 4]), 0);

  it('are the runs of bins no worse than the reference', () => {
    expect(runs).toEqual([
      { kind: 'range', from: 1, below: 3, support: 2 },
      { kind: 'range', from: 4, below: null, support: 1 },
    ]);
  });

  it('leave out the narrow stretches of a feature without a direction, and keep every one of a feature that has one', () => {
    const wavering = term('x', [0, 1, -1, 1, -1], [0, 30, 2, 30, 38], [1, 2, 3]);
    expect(goodRuns(wavering, 0)).toEqual([{ kind: 'range', from: 3, below: null, support: 38 }]);
    const falling = term('x', [0, 1, 1, 1, -1], [0, 40, 40, 18, 2], [1, 2, 3]);
    expect(goodRuns(falling, 0)).toEqual([]);
    expect(goodRuns({ ...falling, monotone: 'decreasing' }, 0)).toHaveLength(1);
  });

  it('are those nearest to the customer’s value, the commonest for a missing one, and none where none is good', () => {
    expect(nearestGood(runs, 3.2)).toBe(runs[0]);
    expect(nearestGood(runs, 3.9)).toBe(runs[1]);
    expect(nearestGood(runs, null)).toBe(runs[0]);
    expect(nearestGood([], 1)).toBeNull();
  });
});

describe('a reason in words', () => {
  const say = (
    value: number | string | null,
    good: Reason['features'][0]['good'],
    type: 'number' | 'date' | 'category',
    told: { display?: Display; range?: readonly [number, number]; isCode?: boolean } = {},
  ) =>
    (['en', 'zh-CN'] as const).map((language) =>
      reasonText(
        {
          features: [
            {
              name: 'late_days',
              type,
              label: { en: 'Late days', 'zh-CN': '逾期天数' },
              display: told.display,
              range: told.range ?? null,
              isCode: told.isCode ?? false,
              value,
              good,
            },
          ],
          contribution: 1,
          reference: 0,
          pointsLost: 1,
        },
        language,
      ),
    );

  it('states value and good range, with bounds that never promise more than the model', () => {
    expect(say(45, { kind: 'range', from: null, below: 10.123456789, support: 1 }, 'number')).toEqual([
      'Late days: 45; good is below 10.12.',
      '逾期天数：45；良好水平为低于10.12。',
    ]);
    expect(say(1, { kind: 'range', from: 10.12340000001, below: 20, support: 1 }, 'number')).toEqual([
      'Late days: 1; good is 10.13 or more but below 20.',
      '逾期天数：1；良好水平为不低于10.13且低于20。',
    ]);
    expect(say(12345.678, { kind: 'range', from: 100_000, below: null, support: 1 }, 'number')[0]).toBe(
      'Late days: 12,346; good is 100,000 or more.',
    );
  });

  it('gives whole numbers whole bounds, percentages, amounts and yes or no as people write them', () => {
    const counts = { display: 'whole', range: [0, 40] } as const;
    const run = (from: number | null, below: number | null) => ({ kind: 'range', from, below, support: 1 }) as const;
    expect(say(2, run(null, 0.5), 'number', counts)).toEqual([
      'Late days: 2; good is none.',
      '逾期天数：2；良好水平为无。',
    ]);
    expect(say(105, run(15.5, 72), 'number', counts)).toEqual([
      'Late days: 105; good is 16 to 71.',
      '逾期天数：105；良好水平为16至71。',
    ]);
    expect(say(9, run(null, 4), 'number', counts)[0]).toBe('Late days: 9; good is at most 3.');
    expect(say(0, run(2.5, null), 'number', counts)[0]).toBe('Late days: 0; good is 3 or more.');
    expect(say(9, run(3.5, 4.5), 'number', counts)[0]).toBe('Late days: 9; good is 4.');
    expect(say(-1, run(3, null), 'number', { ...counts, isCode: true })[0]).toBe('Late days: -1; good is 3 or more.');
    expect(say(0.148834, run(null, 0.10835), 'number', { display: 'percent' })).toEqual([
      'Late days: 14.9%; good is below 10.8%.',
      '逾期天数：14.9%；良好水平为低于10.8%。',
    ]);
    expect(say(0.5, run(0.51, null), 'number', { display: 'percent' })[0]).toBe('Late days: 50%; good is 51% or more.');
    expect(say(-64958.5, run(2852.4, null), 'number', { display: 'money' })[0]).toBe(
      'Late days: -64,959; good is 2,853 or more.',
    );
    expect(say(1, run(null, 0.5), 'number', { display: 'yes-no', range: [0, 1] })).toEqual([
      'Late days: yes; good is no.',
      '逾期天数：是；良好水平为否。',
    ]);
    expect(say(0, run(0.5, null), 'number', { display: 'yes-no', range: [0, 1] })[0]).toBe(
      'Late days: no; good is yes.',
    );
  });

  test.prop([
    fc.double({ min: -1e7, max: 1e7, noNaN: true }),
    fc.constantFrom(undefined, 'percent' as const, 'money' as const),
  ])('never promises more than its bound: rounded up it is no less, rounded down no more', (value, display) => {
    const read = (text: string) => Number(text.replaceAll(/[,%]/g, '')) / (display === 'percent' ? 100 : 1);
    const slack = Math.abs(value) * 1e-9 + 1e-14;
    expect(read(figure(value, display, 'up', 'en'))).toBeGreaterThanOrEqual(value - slack);
    expect(read(figure(value, display, 'down', 'en'))).toBeLessThanOrEqual(value + slack);
  });

  it('says that a value is not known, writes dates as dates, and quotes categories', () => {
    expect(say(null, null, 'number')).toEqual(['Late days: not known.', '逾期天数：未知。']);
    expect(say(19_000, { kind: 'range', from: null, below: 15_000, support: 1 }, 'date')[0]).toBe(
      'Late days: 2022-01-08; good is before 2011-01-26.',
    );
    expect(say('x', { kind: 'levels', levels: ['a', 'b'], support: 2 }, 'category')).toEqual([
      'Late days: “x”; good is “a” or “b”.',
      '逾期天数：“x”；良好水平为“a”或“b”。',
    ]);
  });
});
