import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { artefactOf, glassBoxArbitrary } from '../artefact/arbitrary.ts';
import type { FeatureTerm } from '../artefact/index.ts';
import { makeDataset, takeRows, type Dataset } from '../dataset/index.ts';
import { seededRandom } from '../../base/random.ts';
import { lookAt } from './look.ts';
import { movementOf } from './movement.ts';
import { verdictOn } from './verdict.ts';

const numberTerm = (name: string, slope: number): FeatureTerm => ({
  name,
  type: 'number',
  encoding: { kind: 'number', codes: [], edges: [-1, 0, 1] },
  shape: [0, -2 * slope, -slope, slope, 2 * slope],
  support: [1, 1, 1, 1, 1],
  band: null,
  monotone: null,
  range: null,
  label: null,
});
const model = artefactOf({ intercept: -3, terms: [numberTerm('x', 0.8), numberTerm('y', 0.1)], pairs: [] });
const grading = { names: ['A', 'B', 'C'], indexOf: (pd: number) => (pd < 0.02 ? 0 : pd < 0.1 ? 1 : 2) };
const thresholds = { significance: 0.05, gradeShift: 0.05, expectedLossChange: 0.1, calibrationError: 0.2 };

function rows(seed: number, size: number, shift: number, name: 'x' | 'y' = 'x', each = 1): Dataset {
  const random = seededRandom(`look ${seed}`);
  const values = { x: new Float64Array(size), y: new Float64Array(size) };
  for (let i = 0; i < size; i++) {
    values.x[i] = random.normal() + (name === 'x' ? shift : 0);
    values.y[i] = random.normal() + (name === 'y' ? shift : 0);
  }
  const spread = (from: Float64Array) =>
    Float64Array.from({ length: size * each }, (_, i) => from[Math.floor(i / each)]!);
  return makeDataset({
    rows: size * each,
    columns: [
      { kind: 'number', name: 'x', values: spread(values.x) },
      { kind: 'number', name: 'y', values: spread(values.y) },
    ],
    features: ['x', 'y'].map((feature) => ({
      name: feature,
      type: 'number' as const,
      codes: [],
      monotone: null,
      label: null,
    })),
    bad: new Uint8Array(size * each),
    weight: null,
    group: Int32Array.from({ length: size * each }, (_, i) => Math.floor(i / each)),
    time: null,
    ids: Array.from({ length: size * each }, (_, i) => String(i)),
  });
}

const look = (reference: Dataset, present: Dataset, vanished: readonly string[] = []) =>
  lookAt(model, reference, present, grading, vanished, (data) => data, []);

describe('a look at a model', () => {
  it('is significant at 5 % in about one of twenty unchanged books, by the critical value of its sizes', () => {
    let over = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { inputs } = look(rows(seed, 400, 0), rows(1000 + seed, 300, 0))[0]!;
      for (const { csi, critical } of inputs) if (csi! > critical) over++;
    }
    // 400 tests at 5 %: 20 expected; the exact 99.9 % limits of the count are 8 and 36.
    expect(over).toBeGreaterThanOrEqual(8);
    expect(over).toBeLessThanOrEqual(36);
  });

  it('takes customers, not their rows, as independent', () => {
    const present = rows(2, 500, 0);
    const [once, tenTimes] = [look(rows(1, 300, 0), present)[0]!, look(rows(1, 300, 0, 'x', 10), present)[0]!];
    expect(tenTimes.referenceRows).toBe(3000);
    expect(tenTimes.score.critical).toBeCloseTo(once.score.critical, 12);
  });

  it('alarms where the yearly test is significant and it matters, and names the feature that drifted', () => {
    const reference = rows(1, 4000, 0);
    const verdict = (present: Dataset, significant = true) =>
      verdictOn(
        { looks: look(reference, present), movement: null, estimated: [], matured: null, vanished: [], significant },
        thresholds,
      );
    const moved = verdict(rows(2, 4000, 0.8, 'x'));
    expect(moved.result).toBe('alarm');
    expect(moved.causes.map(({ feature }) => feature)).toContain('x');
    expect(moved.causes.map(({ feature }) => feature)).not.toContain('y');
    // y hardly counts in the score: its drift is certain, and moves nobody.
    const idle = verdict(rows(2, 4000, 0.3, 'y'));
    expect(idle.causes[0]!.feature).toBe('y');
    expect(idle.result).toBe('immaterial');
    // One look, however different, is no alarm, and names no causes.
    expect(verdict(rows(2, 4000, 0.8, 'x'), false)).toMatchObject({ result: 'quiet', causes: [] });
    expect(verdict(rows(3, 4000, 0), false).result).toBe('quiet');
  });

  it('is an alarm where a feature is gone, and says so in place of a distance', () => {
    const present = rows(2, 400, 0);
    const gone = {
      ...present,
      columns: present.columns.map((column) =>
        column.name === 'y' && column.kind === 'number' ? { ...column, values: column.values.map(() => NaN) } : column,
      ),
    };
    const looks = look(rows(1, 400, 0), gone, ['y']);
    expect(looks[0]!.inputs.find(({ feature }) => feature === 'y')).toMatchObject({
      csi: null,
      jensenShannon: null,
      missing: { reference: 0, present: 1 },
    });
    const found = { looks, movement: null, estimated: [], matured: null, vanished: ['y'], significant: false };
    expect(verdictOn(found, thresholds)).toMatchObject({ result: 'alarm', vanished: ['y'] });
  });

  it('does not hold outcomes against the PDs where the weights leave too few rows to tell', () => {
    const figure = (value: number) => ({ value, low: value, high: value });
    const estimate = (method: 'CBPE' | 'density ratio', rate: number, effectiveRows: number) => ({
      method,
      rows: 1000,
      effectiveRows,
      badRate: figure(rate),
      auc: figure(0.7),
      logLoss: figure(0.3),
    });
    const errorAt = (effectiveRows: number) =>
      verdictOn(
        {
          looks: [],
          movement: null,
          estimated: [estimate('CBPE', 0.1, 1000), estimate('density ratio', 0.2, effectiveRows)],
          matured: null,
          vanished: [],
          significant: false,
        },
        thresholds,
      ).measures.find(({ measure }) => measure === 'calibrationError');
    expect(errorAt(199)).toMatchObject({ value: null, material: false });
    expect(errorAt(200)).toMatchObject({ value: 1, material: true });
  });

  it('refuses a book without customers', () => {
    expect(() => look(rows(1, 10, 0), takeRows(rows(2, 10, 0), []))).toThrow(/no customers/);
  });
});

describe('the causes of a movement', () => {
  it('add up to the change of expected loss, whatever the model and its pairs', () => {
    fc.assert(
      fc.property(glassBoxArbitrary, fc.nat(1e6), (box, seed) => {
        const artefact = artefactOf(box);
        const random = seededRandom(`movement ${seed}`);
        const size = 20;
        const draw = () => ({
          rows: size,
          columns: box.terms.map(({ name, encoding }) =>
            encoding.kind === 'number'
              ? {
                  kind: 'number' as const,
                  name,
                  values: Float64Array.from({ length: size }, () =>
                    random.uniform() < 0.2 ? NaN : (encoding.edges[0] ?? 0) + 4 * random.normal(),
                  ),
                }
              : {
                  kind: 'category' as const,
                  name,
                  levels: encoding.levels,
                  codes: Int32Array.from(
                    { length: size },
                    () => Math.floor(random.uniform() * (encoding.levels.length + 1)) - 1,
                  ),
                },
          ),
        });
        const loss = Float64Array.from({ length: size }, () => 1000 * random.uniform());
        const { expectedLoss, causes, grades } = movementOf(artefact, draw(), draw(), loss, grading);
        const explained = causes.reduce((sum, cause) => sum + cause.expectedLoss, 0);
        expect(explained).toBeCloseTo(expectedLoss.now - expectedLoss.before, 5);
        expect(grades.flat().reduce((sum, count) => sum + count, 0)).toBe(size);
      }),
      { numRuns: 50 },
    );
  });
});
