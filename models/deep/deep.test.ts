import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentHash, seededRandom, type ProgressEvent } from '../../base/index.ts';
import { loadArtefact, type ArtefactDetails } from '../artefact/index.ts';
import { makeDataset } from '../dataset/make.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { adamW } from './adamw.ts';
import { benjaminiHochberg } from '../metrics/benjamini-hochberg.ts';
import { fitDeepEncodings, layoutOf, numberEncoder, writeInputs } from './encoding.ts';
import golden from './golden/golden.json' with { type: 'json' };
import {
  buildDeep,
  compileDeep,
  deepHash,
  directionsOf,
  fitDeep,
  loadAnyArtefact,
  proveDeep,
  resolveDeepOptions,
  saveDeep,
  validateDeep,
  type DeepArtefact,
} from './index.ts';
import { storeWeights } from './weights.ts';

const QUICK = {
  seed: 1,
  folds: 2,
  members: 3,
  width: 8,
  monotoneWidth: 6,
  pieces: 6,
  batch: 64,
  maxEpochs: 4,
} as const;

/** `up` raises and `down` lowers the PD, both declared and together with `free`; codes, missing values and a category. */
function portfolio(rows: number, weight: number | null = null): Dataset {
  const random = seededRandom('deep');
  const up = Float64Array.from({ length: rows }, () =>
    random.uniform() < 0.1 ? Number.NaN : random.uniform() < 0.1 ? 99 : random.normal(),
  );
  const down = Float64Array.from({ length: rows }, () => random.normal());
  const free = Float64Array.from({ length: rows }, () => Math.round(random.normal() * 3));
  const kind = Int32Array.from({ length: rows }, () => random.integer(4) - 1);
  const bad = Uint8Array.from(up, (value, row) => {
    const known = Number.isNaN(value) || value === 99 ? 0.5 : value;
    const score = -0.5 + known * (free[row]! > 0 ? 1.5 : 0.2) - down[row]! + 0.5 * kind[row]!;
    return random.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  const declared = { codes: [], monotone: null, label: null } as const;
  return makeDataset({
    rows,
    columns: [
      { kind: 'number', name: 'up', values: up },
      { kind: 'number', name: 'down', values: down },
      { kind: 'number', name: 'free', values: free },
      { kind: 'category', name: 'kind', levels: ['a', 'b', '丙'], codes: kind },
    ],
    features: [
      { ...declared, name: 'up', type: 'number', codes: [99], monotone: 'increasing' },
      { ...declared, name: 'down', type: 'number', monotone: 'decreasing' },
      { ...declared, name: 'free', type: 'number' },
      { ...declared, name: 'kind', type: 'category' },
    ],
    bad,
    weight: weight === null ? null : new Float64Array(rows).fill(weight),
    group: null,
    time: null,
    ids: Array.from({ length: rows }, (_, row) => String(row)),
  });
}

const details = (data: Dataset): ArtefactDetails => ({
  name: 'deep',
  target: { kind: 'default', definition: 'bad', horizonMonths: 12 },
  provenance: {
    seed: 1,
    trainingSetHash: data.hash,
    specHash: '0',
    featureViews: {},
    rows: data.rows,
    bads: data.bad.reduce((sum, each) => sum + each, 0),
    period: null,
    trainer: { version: '0', options: {} },
  },
  protected: [],
  warnings: [],
});

const data = portfolio(600);
let artefact: DeepArtefact;
let folder: string;
const events: ProgressEvent[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-deep-'));
  artefact = buildDeep(await fitDeep(data, QUICK, { onProgress: (event) => events.push(event) }), details(data));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The artefact with weights that no training would give: as large as they get, with the directions kept. */
function withWildWeights(seed: number): DeepArtefact {
  const random = seededRandom(seed);
  const bags = artefact.model.bags.map((bag) =>
    Object.fromEntries(
      Object.entries(bag).map(([name, values]: [string, Float32Array]) => [
        name,
        values.map(() => (['wm', 'sm', 'u'].includes(name) ? Math.abs(random.normal()) : 2 * random.normal())),
      ]),
    ),
  ) as unknown as DeepArtefact['model']['bags'];
  return { ...artefact, model: { ...artefact.model, bags } };
}

describe('training', () => {
  it('gives the same model for the same data and seed, and another for another seed', async () => {
    const again = buildDeep(await fitDeep(portfolio(600), QUICK), details(data));
    expect(deepHash(again)).toBe(deepHash(artefact));
    const other = buildDeep(await fitDeep(data, { ...QUICK, seed: 2 }), details(data));
    expect(deepHash(other)).not.toBe(deepHash(artefact));
  });

  it('knows weights only up to their scale', async () => {
    const [one, four] = [await fitDeep(portfolio(300, 1), QUICK), await fitDeep(portfolio(300, 4), QUICK)];
    const hash = (model: typeof one.model) => contentHash(model.bags.map(storeWeights));
    expect(hash(four.model)).toBe(hash(one.model));
    expect(hash((await fitDeep(portfolio(300), QUICK)).model)).toBe(hash(one.model));
  });

  it('learns: its networks lower the held-out loss, and tell epoch, loss and time left', async () => {
    const { history } = await fitDeep(data, { ...QUICK, maxEpochs: 12 });
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss - 0.01);
    const messages = events.filter(({ step }) => step === 'networks').map(({ message }) => message);
    expect(messages[0]).toMatch(/^bag 1 of 2, epoch 1, held-out loss 0\.\d+$/);
    expect(messages.at(-1)).toMatch(/^bag 2 of 2, epoch \d+, held-out loss 0\.\d+, about \d+ s left$/);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const training = fitDeep(
      data,
      { ...QUICK, maxEpochs: 1000, patience: 1000 },
      {
        signal: controller.signal,
        onProgress: ({ step }) => {
          if (step === 'networks') controller.abort(new Error('enough'));
        },
      },
    );
    await expect(training).rejects.toThrow('enough');
  });

  it('refuses what a glass box refuses', async () => {
    const { hash: _, ...parts } = portfolio(50);
    const good = makeDataset({ ...parts, bad: new Uint8Array(50) });
    await expect(fitDeep(good, QUICK)).rejects.toMatchObject({ code: 'NOT_TRAINABLE' });
  });
});

describe('the artefact', () => {
  it('comes back from its folder under the same hash, and is refused when altered', async () => {
    const hash = await saveDeep(artefact, folder);
    const loaded = await loadAnyArtefact(folder, { expectedHash: hash });
    expect(loaded.hash).toBe(hash);
    expect(loaded.artefact).toEqual(artefact);
    await expect(loadArtefact(folder)).rejects.toMatchObject({ code: 'GLASS_BOX_ONLY' });
    const path = join(folder, 'model.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"networkWeight":0', '"networkWeight":1'));
    await expect(loadAnyArtefact(folder)).rejects.toMatchObject({ code: 'ARTEFACT_ALTERED' });
  });

  it('is not read with a negative weight where a direction is declared, nor with a weight missing', () => {
    const stored = (change: (bag: Record<string, Float32Array>) => void): unknown => {
      const bags = artefact.model.bags.map((bag) => {
        const copy = Object.fromEntries(Object.entries(bag).map(([name, values]) => [name, values.slice()]));
        change(copy);
        return storeWeights(copy as unknown as typeof bag);
      });
      return JSON.parse(JSON.stringify({ ...artefact, model: { ...artefact.model, bags } }));
    };
    expect(validateDeep(stored(() => {}))).toEqual(artefact);
    for (const name of ['wm', 'sm', 'u']) {
      const negative = stored((bag) => (bag[name]![0] = -0.5));
      expect(() => validateDeep(negative)).toThrow(expect.objectContaining({ code: 'INVALID_ARTEFACT' }));
    }
    const short = stored((bag) => (bag['w2'] = bag['w2']!.slice(1)));
    expect(() => validateDeep(short)).toThrow(expect.objectContaining({ code: 'INVALID_ARTEFACT' }));
  });
});

describe('scoring', () => {
  it('is the same in TypeScript and TensorFlow on golden vectors, also with wild weights', async () => {
    for (const each of [artefact, withWildWeights(3)]) {
      const proof = await proveDeep(each);
      expect(proof.vectors).toBeGreaterThan(100);
      const [matrix, tensorflow] = proof.checks;
      expect(matrix).toMatchObject({ name: 'matrix', largestDifference: 0 });
      // Wild outputs are in the hundreds: float32 there is a matter of relative size.
      expect(tensorflow!.largestDifference).toBeLessThan(each === artefact ? 1e-5 : 1e-2);
    }
  });

  const value = fc.oneof(fc.double({ min: -4, max: 4, noNaN: true }), fc.double({ noNaN: true }), fc.constant(99));
  const others = fc.record({
    free: fc.option(value),
    kind: fc.option(fc.constantFrom('a', 'b', '丙', 'never seen')),
    partner: fc.option(value),
  });

  test.prop([value, value, others, fc.integer({ min: 0, max: 50 })])(
    'keeps declared directions at every value, whatever the weights',
    (one, two, { free, kind, partner }, seed) => {
      const scorer = compileDeep(withWildWeights(seed));
      const [low, high] = one < two ? [one, two] : [two, one];
      const outside = (x: number) => x === 99;
      if (!outside(low) && !outside(high)) {
        const at = (up: number) => scorer.score({ up, down: partner, free, kind }).logOdds;
        expect(at(high)).toBeGreaterThanOrEqual(at(low));
      }
      const at = (down: number) => scorer.score({ up: partner, down, free, kind }).logOdds;
      expect(at(high)).toBeLessThanOrEqual(at(low));
    },
  );

  it('says which directions hold', () => {
    expect(directionsOf(artefact)).toEqual({ hold: ['up', 'down'], notGuaranteed: [] });
  });
});

describe('the encoding', () => {
  it('is the piecewise-linear one', () => {
    const { points, values, encoded } = golden.piecewise;
    const encode = numberEncoder({ kind: 'number', codes: [], points });
    values.forEach((value, i) => {
      const { piece, share } = encode(value);
      const inputs = encoded[i]!.map((_, p) => (p < piece ? 1 : p === piece ? share : 0));
      inputs.forEach((input, p) => expect(input).toBeCloseTo(encoded[i]![p]!, 14));
    });
  });

  it('says nothing for what training never saw, and sums to nothing over the training rows', () => {
    const features = fitDeepEncodings(data, resolveDeepOptions(QUICK));
    const monotone = data.features.map((feature) => feature.monotone);
    const layout = layoutOf(features, monotone);
    const inputs = (f: number, indicator: number): Float64Array => {
      const free = new Float64Array(layout.free).fill(7);
      const directed = new Float64Array(layout.directed).fill(7);
      writeInputs(layout.places[f]!, features[f]!, { indicator, piece: 0, share: 0 }, free, 0, directed, 0);
      return Float64Array.from([...free, ...directed].filter((each) => each !== 7));
    };
    // `free` has no missing value, `kind` no level outside its three.
    expect(inputs(2, 0).every((each) => each === 0)).toBe(true);
    expect(inputs(3, 4).every((each) => each === 0)).toBe(true);
    expect(inputs(0, 0).some((each) => each !== 0)).toBe(true);
  });
});

describe('golden values', () => {
  it('of the optimiser are those of the paper', () => {
    const { start, gradients, learningRate, decay, end } = golden.adamW;
    const values = Float32Array.from(start);
    const optimiser = adamW(values.length, { learningRate, decay, nonnegative: false });
    for (const gradient of gradients) optimiser.step(values, Float32Array.from(gradient));
    values.forEach((each, i) => expect(each).toBeCloseTo(end[i]!, 5));
  });

  it('of the false discovery rate are those of scipy', () => {
    const { p, adjusted } = golden.benjaminiHochberg;
    benjaminiHochberg(p).forEach((each, i) => expect(each).toBeCloseTo(adjusted[i]!, 14));
  });
});
