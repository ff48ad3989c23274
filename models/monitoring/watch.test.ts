import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { artefactOf, glassBoxArbitrary } from '../artefact/arbitrary.ts';
import type { GlassBox } from '../artefact/index.ts';
import { makeDataset, type Dataset, type FeatureColumn } from '../dataset/index.ts';
import { createDetector } from './detector.ts';
import { observeOutcomes, observePairs, watchedOf, type PairedSide, type WatchPlan } from './watch.ts';

const SEGMENTS = ['retail', 'sme'];

/** Rows that fit a model, some values missing, some customers without a segment. */
function side(box: GlassBox, size: number, seed: string): PairedSide {
  const random = seededRandom(seed);
  const columns = box.terms.map(({ name, encoding }): FeatureColumn =>
    encoding.kind === 'number'
      ? {
          kind: 'number',
          name,
          values: Float64Array.from({ length: size }, () =>
            random.uniform() < 0.2 ? Number.NaN : (encoding.edges[0] ?? 0) + 4 * random.normal(),
          ),
        }
      : {
          kind: 'category',
          name,
          levels: encoding.levels,
          codes: Int32Array.from({ length: size }, () => random.integer(encoding.levels.length + 1) - 1),
        },
  );
  const rows: Dataset = makeDataset({
    rows: size,
    columns,
    features: box.terms.map(({ name, type }) => ({
      name,
      type: type === 'category' ? 'category' : 'number',
      codes: [],
      monotone: null,
      label: null,
    })),
    bad: new Uint8Array(size),
    weight: null,
    group: null,
    time: null,
    ids: Array.from({ length: size }, (_, i) => String(i)),
  });
  return { rows, segments: Array.from({ length: size }, () => SEGMENTS[random.integer(3)] ?? null) };
}

const planOf = (box: GlassBox): WatchPlan => ({ features: box.terms.map(({ name }) => name), segments: SEGMENTS });

describe('what is watched of a model', () => {
  test.prop([glassBoxArbitrary, fc.nat(1e6)], { numRuns: 40 })(
    'changes its sign where both sides change places, and lies in [-1, 1]: of mean zero while both are alike',
    (box, seed) => {
      const artefact = artefactOf(box);
      const [sample, a, b] = ['sample', 'a', 'b'].map((name) => side(box, 12, `${name} ${seed}`)) as [
        PairedSide,
        PairedSide,
        PairedSide,
      ];
      const [one, other] = [
        observePairs(artefact, planOf(box), sample.rows, a, b),
        observePairs(artefact, planOf(box), sample.rows, b, a),
      ];
      const names = new Set(watchedOf(planOf(box)).map(({ name }) => name));
      expect([...one.keys()]).toEqual([...other.keys()]);
      for (const [measure, values] of one) {
        expect(names.has(measure)).toBe(true);
        values.forEach((value, i) => {
          expect(Math.abs(value)).toBeLessThanOrEqual(1);
          expect(value).toBeCloseTo(-other.get(measure)![i]!, 12);
        });
      }
      // A detector takes them as they are.
      expect(Object.keys(createDetector(watchedOf(planOf(box))).growthIn(one))).toHaveLength(one.size);
    },
  );

  it('shares one budget among all measures, segments and outcomes included', () => {
    const watched = watchedOf({ features: ['x', 'y'], segments: SEGMENTS });
    expect(watched.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(new Set(watched.map(({ name }) => name)).size).toBe(watched.length);
    expect(watched.find(({ name }) => name === 'ranking')).toMatchObject({ side: 'down' });
    const bare = watchedOf({ features: ['x'], segments: [] });
    expect(bare.map(({ name }) => name)).toEqual([
      'x shift',
      'x spread',
      'x missing',
      'score shift',
      'score spread',
      'calibration',
      'ranking',
    ]);
  });

  it('takes outcomes by segment, and ranks against a promise only where there is one', () => {
    const plan = { features: ['x'], segments: SEGMENTS };
    const outcomes = [
      { pd: 0.1, bad: true, segment: 'retail' },
      { pd: 0.4, bad: false, segment: 'sme' },
      { pd: 0.2, bad: false, segment: null },
    ];
    const observed = observeOutcomes(plan, outcomes, null);
    expect([...observed.get('calibration')!]).toEqual([0.9, -0.4, -0.2]);
    expect([...observed.get('retail: calibration')!]).toEqual([0.9]);
    expect(observed.has('ranking')).toBe(false);
    expect([...observeOutcomes(plan, outcomes, 0.75).get('ranking')!]).toEqual([-0.75]);
    expect(observeOutcomes(plan, [], 0.75).size).toBe(0);
  });
});
