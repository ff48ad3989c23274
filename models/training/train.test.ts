import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { contentHash, type Json } from '../../base/hash.ts';
import { seededRandom } from '../../base/random.ts';
import { encodeColumn } from '../binning/index.ts';
import type { GlassBox } from '../artefact/glass-box.ts';
import { makeDataset } from '../dataset/make.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { trainGlassBox, type Checkpoint } from './index.ts';

const QUICK = { seed: 1, folds: 3, maxRounds: 30, pairs: 3, refit: false } as const;

/** A seeded portfolio: `x` raises the PD (with a code 99 and missing), `y` acts only together with `x`, `c` is a category. */
function portfolio(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const x = Float64Array.from({ length: rows }, () =>
    random.uniform() < 0.1 ? Number.NaN : random.uniform() < 0.05 ? 99 : random.normal(),
  );
  const y = Float64Array.from({ length: rows }, () => random.normal());
  const c = Int32Array.from({ length: rows }, () => random.integer(4) - 1);
  const bad = Uint8Array.from(x, (value, i) => {
    const known = Number.isNaN(value) || value === 99 ? 0.3 : value;
    const score = -1 + 0.9 * known + 0.6 * Math.sign(known) * Math.sign(y[i]!) + 0.4 * c[i]!;
    return random.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  const declared = { codes: [], monotone: null, label: null } as const;
  return makeDataset({
    rows,
    columns: [
      { kind: 'number', name: 'x', values: x },
      { kind: 'number', name: 'y', values: y },
      { kind: 'category', name: 'c', levels: ['a', 'b', 'd'], codes: c },
    ],
    features: [
      { ...declared, name: 'x', type: 'number', codes: [99], monotone: 'increasing' },
      { ...declared, name: 'y', type: 'number' },
      { ...declared, name: 'c', type: 'category' },
    ],
    bad,
    weight: null,
    group: null,
    time: null,
    ids: Array.from({ length: rows }, (_, i) => String(i)),
  });
}

function score(model: GlassBox, x: number, y: number, c: string | null): number {
  const columns = [
    { kind: 'number', name: 'x', values: Float64Array.of(x) },
    { kind: 'number', name: 'y', values: Float64Array.of(y) },
    { kind: 'category', name: 'c', levels: c === null ? [] : [c], codes: Int32Array.of(c === null ? -1 : 0) },
  ] as const;
  const bins = model.terms.map((term, t) => encodeColumn(columns[t]!, term.encoding)[0]!);
  let sum = model.intercept;
  model.terms.forEach((term, t) => (sum += term.shape[bins[t]!]!));
  for (const pair of model.pairs) sum += pair.values[pair.rowOf[bins[pair.a]!]!]![pair.columnOf[bins[pair.b]!]!]!;
  return sum;
}

const hashOf = (value: unknown): string => contentHash(value as Json);

describe('training', () => {
  test('the same data, options and seed give the same model', async () => {
    const data = portfolio(400, 5);
    const [a, b] = [await trainGlassBox(data, QUICK), await trainGlassBox(data, QUICK)];
    expect(hashOf(a.model)).toBe(hashOf(b.model));
    expect(a.outOfFold.auc).toBeGreaterThan(0.65);
  });

  test('the joint refit in TensorFlow is the same twice', async () => {
    const data = portfolio(400, 6);
    const options = { ...QUICK, refit: true };
    const [a, b] = [await trainGlassBox(data, options), await trainGlassBox(data, options)];
    expect(hashOf(a.model)).toBe(hashOf(b.model));
    expect(a.history.some((point) => point.stage === 'refit')).toBe(true);
  });

  test('a training that is stopped after any step resumes and ends in the same model', async () => {
    const data = portfolio(300, 7);
    const whole = await trainGlassBox(data, QUICK);
    for (const allowed of [1, 4]) {
      const kept = new Map<string, Uint8Array>();
      let left: number = allowed;
      const dying: Checkpoint = {
        load: async (step) => kept.get(step) ?? null,
        save: async (step, bytes) => {
          if (left-- <= 0) throw new Error('killed');
          kept.set(step, bytes);
        },
      };
      await expect(trainGlassBox(data, QUICK, { checkpoint: dying })).rejects.toThrow('killed');
      const resumed = await trainGlassBox(data, QUICK, {
        checkpoint: { load: async (step) => kept.get(step) ?? null, save: async () => {} },
      });
      expect(hashOf(resumed.model)).toBe(hashOf(whole.model));
      expect(kept.size).toBe(allowed);
    }
  });

  test('an abort ends the training with its reason', async () => {
    const controller = new AbortController();
    const training = trainGlassBox(portfolio(3000, 8), { seed: 1, patience: 2000 }, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(training).rejects.toThrow('enough');
  });

  test.prop([fc.integer({ min: 0, max: 1e6 }), fc.boolean()], { numRuns: 6 })(
    'a declared direction holds everywhere, pairs and refit included',
    async (seed, refit) => {
      const { model } = await trainGlassBox(portfolio(250, seed), { ...QUICK, refit });
      const points = [-Infinity, ...Array.from({ length: 81 }, (_, i) => -4 + i / 10), 1e300, Infinity];
      for (const y of [Number.NaN, -1.3, 0.2, 2])
        for (const c of [null, 'a', 'b', 'never seen'])
          for (let i = 1; i < points.length; i++)
            expect(score(model, points[i]!, y, c)).toBeGreaterThanOrEqual(score(model, points[i - 1]!, y, c));
    },
  );

  test('shapes are centred and pairs are pure', async () => {
    const data = portfolio(600, 9);
    const { model } = await trainGlassBox(data, QUICK);
    expect(model.pairs.length).toBeGreaterThan(0);
    for (const term of model.terms) {
      const mass = term.support.reduce((sum, each) => sum + each, 0);
      const mean = term.shape.reduce((sum, value, b) => sum + value * term.support[b]!, 0) / mass;
      expect(Math.abs(mean)).toBeLessThan(1e-9);
    }
  });

  test('what cannot be learned from is refused with every reason', async () => {
    const data = { ...portfolio(50, 1), bad: new Uint8Array(50), weight: new Float64Array(50).fill(-1) };
    await expect(trainGlassBox(data, QUICK)).rejects.toMatchObject({ code: 'NOT_TRAINABLE', problems: { length: 2 } });
  });
});
