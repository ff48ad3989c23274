import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { contentHash, type Json } from '../../base/hash.ts';
import { seededRandom } from '../../base/random.ts';
import { encodeColumn } from '../binning/index.ts';
import type { GlassBox } from '../artefact/glass-box.ts';
import { saveDataset } from '../dataset/files.ts';
import { makeDataset } from '../dataset/make.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { trainGlassBox, trainInProcess, type Checkpoint } from './index.ts';

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

  test.prop([fc.integer({ min: 0, max: 1e6 }), fc.boolean()], { numRuns: 6, seed: 1 })(
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

  test('a slope that depends on another feature is learned under a direction nearly as well as without', async () => {
    const random = seededRandom(11);
    const base = portfolio(3000, 11);
    const x = Float64Array.from({ length: base.rows }, () => random.normal());
    const y = Float64Array.from({ length: base.rows }, () => random.normal());
    const bad = Uint8Array.from(x, (value, i) =>
      random.uniform() < 1 / (1 + Math.exp(-value * (y[i]! < 0 ? 2 : 0.1))) ? 1 : 0,
    );
    const columns = [
      { kind: 'number', name: 'x', values: x },
      { kind: 'number', name: 'y', values: y },
    ] as const;
    const auc = async (monotone: 'increasing' | null, pairs: number): Promise<number> => {
      const features = base.features.slice(0, 2).map((each) => ({ ...each, codes: [] }));
      const declared = [{ ...features[0]!, monotone }, features[1]!];
      const fitted = await trainGlassBox(makeDataset({ ...base, columns, features: declared, bad }), {
        ...QUICK,
        maxRounds: 150,
        pairs,
      });
      return fitted.outOfFold.auc;
    };
    const [kept, free, without] = [await auc('increasing', 1), await auc(null, 1), await auc('increasing', 0)];
    expect(kept).toBeGreaterThan(free - 0.005);
    expect(kept).toBeGreaterThan(without + 0.01);
  });

  test('of what pairs add, the share events / (events + k) is taken, cell by cell', async () => {
    const data = portfolio(1500, 12);
    const bads = data.bad.reduce((sum, each) => sum + each, 0);
    const events = Math.min(bads, data.rows - bads);
    const [all, half] = [
      await trainGlassBox(data, { ...QUICK, pairCredibility: 0 }),
      await trainGlassBox(data, { ...QUICK, pairCredibility: events }),
    ];
    const cells = ({ model, calibration }: typeof all): number[] =>
      model.pairs.flatMap(({ values }) => values.flat().map((value) => value / calibration.slope));
    const whole = cells(all);
    expect(Math.max(...whole)).toBeGreaterThan(0.05);
    cells(half).forEach((value, i) => expect(value).toBeCloseTo(whole[i]! / 2, 8));
    expect(cells(half)).toHaveLength(whole.length);
  });

  test('weights count relative to each other, and move the log-odds as many rows would', async () => {
    const data = portfolio(800, 12);
    const weighted = (of: (bad: number) => number): Dataset => ({ ...data, weight: Float64Array.from(data.bad, of) });
    const plain = await trainGlassBox(data, QUICK);
    const ones = await trainGlassBox(
      weighted(() => 1),
      QUICK,
    );
    const fours = await trainGlassBox(
      weighted(() => 4),
      QUICK,
    );
    const bads = await trainGlassBox(
      weighted((bad) => (bad === 1 ? 3 : 1)),
      QUICK,
    );
    expect(hashOf(ones.model)).toBe(hashOf(plain.model));
    expect(hashOf(fours.model)).toBe(hashOf(plain.model));
    const shift = score(bads.model, 0.1, 0.1, 'a') - score(plain.model, 0.1, 0.1, 'a');
    expect(shift).toBeGreaterThan(Math.log(3) - 0.5);
    expect(shift).toBeLessThan(Math.log(3) + 0.5);
  });

  test('calibration to a central tendency adds the difference of the log-odds of both rates to every score, and is recorded', async () => {
    const data = portfolio(400, 16);
    const plain = await trainGlassBox(data, QUICK);
    const moved = await trainGlassBox(data, { ...QUICK, centralTendency: 0.03 });
    const sample = data.bad.reduce((sum, each) => sum + each, 0) / data.rows;
    const shift = Math.log(0.03 / 0.97) - Math.log(sample / (1 - sample));
    expect(plain.calibration.centralTendency).toBeUndefined();
    expect(moved.calibration.centralTendency).toEqual({ sample, target: 0.03, intercept: shift });
    for (const x of [-1, Number.NaN, 99, 2])
      expect(score(moved.model, x, 0.3, 'b') - score(plain.model, x, 0.3, 'b')).toBeCloseTo(shift, 9);
    expect(moved.outOfFold).toEqual(plain.outOfFold);
    await expect(trainGlassBox(data, { ...QUICK, centralTendency: 1 })).rejects.toMatchObject({
      code: 'NOT_TRAINABLE',
    });
  });

  test('rows of one customer never stand on both sides of a fold: noise seen five times stays noise', async () => {
    const random = seededRandom(13);
    const customers = 120;
    const data = portfolio(customers * 5, 13);
    const of = (row: number): number => row % customers;
    const noise = Float64Array.from({ length: customers }, () => random.normal());
    const outcome = Uint8Array.from({ length: customers }, () => (random.uniform() < 0.4 ? 1 : 0));
    const parts = {
      ...data,
      columns: [
        { kind: 'number', name: 'y', values: Float64Array.from({ length: data.rows }, (_, row) => noise[of(row)]!) },
      ] as const,
      features: [data.features[1]!],
      bad: Uint8Array.from({ length: data.rows }, (_, row) => outcome[of(row)]!),
    };
    const group = Int32Array.from({ length: data.rows }, (_, row) => of(row));
    const grouped = await trainGlassBox(makeDataset({ ...parts, group }), { ...QUICK, maxRounds: 200 });
    const loose = await trainGlassBox(makeDataset({ ...parts, group: null }), { ...QUICK, maxRounds: 200 });
    expect(grouped.outOfFold.auc).toBeLessThan(0.6);
    expect(loose.outOfFold.auc).toBeGreaterThan(grouped.outOfFold.auc + 0.05);
  });

  test('what cannot be learned from is refused with every reason', async () => {
    const data = { ...portfolio(50, 1), bad: new Uint8Array(50), weight: new Float64Array(50).fill(-1) };
    await expect(trainGlassBox(data, QUICK)).rejects.toMatchObject({ code: 'NOT_TRAINABLE', problems: { length: 2 } });
  });

  test('weights that no sum can hold, or that leave an outcome without weight, are refused', async () => {
    const data = portfolio(200, 1);
    const of = (weight: (bad: number) => number) =>
      trainGlassBox({ ...data, weight: Float64Array.from(data.bad, weight) }, QUICK);
    const refused = (message: RegExp) => ({
      code: 'NOT_TRAINABLE',
      problems: [{ at: 'weight', message: expect.stringMatching(message) as string }],
    });
    await expect(of(() => 1e308)).rejects.toMatchObject(refused(/add up/));
    await expect(of((bad) => 1 - bad)).rejects.toMatchObject(refused(/every bad row/));
    await expect(of((bad) => bad)).rejects.toMatchObject(refused(/every good row/));
  });
});

describe('training in a child process', () => {
  const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'probity-training-'));
    try {
      await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const jobOf = async (folder: string, data: Dataset) => {
    const datasetPath = join(folder, 'data');
    await saveDataset(data, datasetPath);
    return { datasetPath, options: { ...QUICK, repeats: 2 }, checkpointDir: null, outDir: folder };
  };

  test('on threads it gives the model of this thread, and reports on its way', () =>
    inFolder(async (folder) => {
      const data = portfolio(400, 14);
      const job = await jobOf(folder, data);
      const steps = new Set<string>();
      const said: string[] = [];
      const fitted = await trainInProcess(job, {
        onProgress: ({ step, message }) => {
          steps.add(step);
          said.push(message ?? '');
        },
      });
      const here = await trainGlassBox(data, job.options);
      expect(hashOf(fitted.model)).toBe(hashOf(here.model));
      expect(fitted.outOfFold).toEqual(here.outOfFold);
      expect([...steps]).toEqual(expect.arrayContaining(['bins', 'shapes', 'pairs', 'finished']));
      const live = said.filter((message) => message.startsWith('bag '));
      expect(live.length).toBeGreaterThan(0);
      for (const message of live)
        expect(message).toMatch(/^bag \d+ of \d+, epoch \d+, held-out loss \d\.\d{5}(, (about|at most) \d+ s left)?$/);
      expect(live.some((message) => message.endsWith('s left'))).toBe(true);
    }));

  test('a refusal inside comes out with its code and all its problems, a missing data set as a failure', () =>
    inFolder(async (folder) => {
      const hopeless = { ...portfolio(60, 1), bad: new Uint8Array(60) };
      const job = await jobOf(folder, makeDataset(hopeless));
      await expect(trainInProcess(job)).rejects.toMatchObject({
        code: 'NOT_TRAINABLE',
        problems: [{ at: 'target', message: 'no row is bad' }],
      });
      await expect(trainInProcess({ ...job, datasetPath: join(folder, 'none') })).rejects.toMatchObject({
        name: 'ProbityError',
      });
    }));

  test('an abort before or during the run is a cancellation', () =>
    inFolder(async (folder) => {
      const job = { ...(await jobOf(folder, portfolio(3000, 15))), options: { seed: 1, patience: 2000 } };
      await expect(trainInProcess(job, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'TRAINING_CANCELLED',
      });
      const controller = new AbortController();
      const running = trainInProcess(job, { signal: controller.signal, onProgress: () => controller.abort() });
      await expect(running).rejects.toMatchObject({ code: 'TRAINING_CANCELLED' });
    }));
});
