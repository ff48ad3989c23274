import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { makeDataset } from '../dataset/make.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { scoreMatrix } from '../scoring/index.ts';
import { trainGlassBox } from '../training/index.ts';
import { buildDeep, fitDeep, glassBoxInside, whereItWins } from './index.ts';
import { winsOfPds } from './where-it-wins.ts';

const NAMES = ['a', 'b', 'c', 'noise1', 'noise2', 'noise3'] as const;

interface Simulated {
  readonly rows: Dataset;
  /** The PD that each outcome was drawn with. */
  readonly truth: Float64Array;
}

/** `planted` more log-odds where a, b and c are all positive: a three-way interaction, beside main effects of a and b. */
function simulate(count: number, seed: string, planted: number, customers = count): Simulated {
  const random = seededRandom(seed);
  const columns = NAMES.map((name) => ({
    kind: 'number' as const,
    name,
    values: Float64Array.from({ length: count }, () => random.normal()),
  }));
  const [a, b, c] = columns.map(({ values }) => values) as [Float64Array, Float64Array, Float64Array];
  const truth = a.map((_, row) => {
    const all = a[row]! > 0 && b[row]! > 0 && c[row]! > 0;
    return 1 / (1 + Math.exp(2 - 0.4 * a[row]! + 0.3 * b[row]! - (all ? planted : 0)));
  });
  const declared = { codes: [], monotone: null, label: null, type: 'number' } as const;
  const rows = makeDataset({
    rows: count,
    columns,
    features: NAMES.map((name) => ({ ...declared, name })),
    bad: Uint8Array.from(truth, (pd) => (random.uniform() < pd ? 1 : 0)),
    weight: null,
    group: customers === count ? null : Int32Array.from({ length: count }, (_, row) => row % customers),
    time: null,
    ids: Array.from({ length: count }, (_, row) => String(row)),
  });
  return { rows, truth };
}

const details = (rows: Dataset) => ({
  name: 'planted',
  target: { kind: 'default', definition: 'bad', horizonMonths: 12 } as const,
  provenance: {
    seed: 1,
    trainingSetHash: rows.hash,
    specHash: '0',
    featureViews: {},
    rows: rows.rows,
    bads: 1,
    period: null,
    trainer: { version: '0', options: {} },
  },
  protected: [],
  warnings: [],
});

/** A glass box of main effects only, so that it misses the interaction. */
async function additive(rows: Dataset): Promise<Artefact> {
  const { model, calibration, outOfFold } = await trainGlassBox(rows, { seed: 1, folds: 2, pairs: 0, refit: false });
  return { format: 'probity.glass-box/1', model, calibration, outOfFold, ...details(rows) };
}

const namesOf = (wins: readonly { readonly features: readonly string[] }[]): Set<string> =>
  new Set(wins.flatMap(({ features }) => features));

describe('where a challenger wins', () => {
  it('names the features of a planted three-way interaction, and none else, by segment and by pair', async () => {
    const glassBox = await additive(simulate(4000, 'planted/train', 3.5).rows);
    const { rows, truth } = simulate(40_000, 'planted/test', 3.5);
    const wins = winsOfPds(glassBox, truth, rows);
    expect(wins.gain.low).toBeGreaterThan(0);
    expect(wins.tested.segments).toBe(48);
    expect(wins.tested.pairs).toBe(135);
    const planted = new Set(['a', 'b', 'c']);
    expect(namesOf(wins.pairs.slice(0, 3))).toEqual(planted);
    expect(namesOf(wins.segments)).toEqual(planted);
    // One in twenty may be chance.
    const strange = [...wins.segments, ...wins.pairs].filter(
      ({ features }) => !features.every((name) => planted.has(name)),
    );
    expect(strange.length).toBeLessThanOrEqual(0.1 * (wins.segments.length + wins.pairs.length));
    const best = wins.pairs[0]!;
    expect(best.gain).toBeGreaterThan(wins.gain.value);
    expect(best.values.every(([part]) => part?.kind === 'range' && part.from !== null && part.below === null)).toBe(
      true,
    );
  });

  it('names the same from a network that learned it', async () => {
    const { rows: train } = simulate(2500, 'planted/train', 3.5);
    const fitted = await fitDeep(train, {
      seed: 1,
      folds: 2,
      members: 4,
      width: 24,
      networkShare: 0.9,
      maxEpochs: 12,
      batch: 128,
    });
    const challenger = buildDeep(fitted, details(train));
    const wins = whereItWins(await additive(train), challenger, simulate(20_000, 'planted/test', 3.5).rows);
    expect(wins.gain.low).toBeGreaterThan(0);
    expect(namesOf(wins.pairs.slice(0, 2))).toEqual(new Set(['a', 'b', 'c']));
    expect(glassBoxInside(challenger).model.terms.map(({ name }) => name)).toEqual([...NAMES]);
  });

  it('names nothing where there is nothing to find', async () => {
    const glassBox = await additive(simulate(4000, 'nothing/train', 0).rows);
    const { rows } = simulate(6000, 'nothing/test', 0);
    const random = seededRandom('nothing/challenger');
    const same = scoreMatrix(glassBox, rows).logOdds;
    const noisy = same.map((each) => 1 / (1 + Math.exp(-each - 0.3 * random.normal())));
    const wins = winsOfPds(glassBox, noisy, rows);
    expect([...wins.segments, ...wins.pairs]).toEqual([]);
    expect(winsOfPds(glassBox, scoreMatrix(glassBox, rows).pd, rows).gain.value).toBe(0);
  });

  it('takes the rows of a customer for one observation', async () => {
    const glassBox = await additive(simulate(4000, 'planted/train', 2.5).rows);
    const once = simulate(2000, 'customers', 2.5);
    const repeated = Int32Array.from({ length: 8000 }, (_, row) => row % 2000);
    const { hash: _, ...parts } = once.rows;
    const fourTimes = makeDataset({
      ...parts,
      rows: 8000,
      columns: once.rows.columns.map((column) =>
        column.kind === 'number'
          ? { ...column, values: Float64Array.from(repeated, (row) => column.values[row]!) }
          : column,
      ),
      bad: Uint8Array.from(repeated, (row) => once.rows.bad[row]!),
      group: repeated,
      ids: Array.from(repeated, String),
    });
    const single = winsOfPds(glassBox, once.truth, once.rows);
    const many = winsOfPds(
      glassBox,
      Float64Array.from(repeated, (row) => once.truth[row]!),
      fourTimes,
    );
    expect(many.gain.value).toBeCloseTo(single.gain.value, 12);
    expect(many.gain.low).toBeCloseTo(single.gain.low, 12);
  });
});
