import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Dataset } from './dataset.ts';
import { loadDataset, saveDataset } from './files.ts';
import { groupedFolds } from './folds.ts';
import { datasetHash } from './hash.ts';
import { makeDataset, takeRows } from './make.ts';

const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -0, 0, Infinity, -Infinity, 1e308, 5e-324));

const datasets = fc.integer({ min: 1, max: 40 }).chain((rows) => {
  const column = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: rows, maxLength: rows });
  return fc
    .record({
      x: column(number),
      codes: column(fc.integer({ min: -1, max: 2 })),
      bad: column(fc.integer({ min: 0, max: 1 })),
      weight: fc.option(column(fc.double({ min: 0.1, max: 9, noNaN: true }))),
      group: fc.option(column(fc.integer({ min: 0, max: 12 }))),
      time: fc.option(column(fc.integer({ min: 0, max: 2e12 }))),
      ids: column(fc.string({ unit: 'grapheme' })),
    })
    .map((parts) =>
      makeDataset({
        rows,
        columns: [
          { kind: 'number', name: 'x "quoted" 💶', values: Float64Array.from(parts.x) },
          { kind: 'category', name: '行业', levels: ['a', '', 'ü'], codes: Int32Array.from(parts.codes) },
        ],
        features: [
          { name: 'x "quoted" 💶', type: 'number', codes: [-1], monotone: 'increasing', label: null },
          { name: '行业', type: 'category', codes: [], monotone: null, label: { en: 'Industry', 'zh-CN': '行业' } },
        ],
        bad: Uint8Array.from(parts.bad),
        weight: parts.weight && Float64Array.from(parts.weight),
        group: parts.group && Int32Array.from(parts.group),
        time: parts.time && Float64Array.from(parts.time),
        ids: parts.ids,
      }),
    );
});

describe('data set files', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probity-dataset-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.prop([datasets], { numRuns: 40 })('a saved data set loads as it was, hash and all', async (dataset) => {
    const path = join(folder, 'set.arrow');
    await saveDataset(dataset, path);
    expect(await loadDataset(path)).toEqual(dataset);
  });

  test('a changed byte of a value is refused', async () => {
    const [dataset] = fc.sample(datasets, { numRuns: 1, seed: 7 }) as [Dataset];
    const marked = makeDataset({
      ...dataset,
      columns: [
        { kind: 'number', name: 'x "quoted" 💶', values: new Float64Array(dataset.rows).fill(Math.PI) },
        dataset.columns[1]!,
      ],
    });
    const path = join(folder, 'altered.arrow');
    await saveDataset(marked, path);
    const bytes = await readFile(path);
    const needle = Buffer.from(new Float64Array([Math.PI]).buffer);
    const at = bytes.indexOf(needle);
    expect(at).toBeGreaterThan(0);
    bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(path, bytes);
    await expect(loadDataset(path)).rejects.toMatchObject({ code: 'DATASET_ALTERED' });
  });

  test('a file that is no data set is refused by code', async () => {
    const path = join(folder, 'text.arrow');
    await writeFile(path, 'not arrow');
    await expect(loadDataset(path)).rejects.toMatchObject({ code: 'DATASET_ALTERED' });
    await expect(loadDataset(join(folder, 'absent.arrow'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('data set hash', () => {
  test.prop([datasets])('does not depend on how customers are numbered, nor on identifiers', (dataset) => {
    const group = dataset.group && dataset.group.map((customer) => 1000 - 7 * customer);
    expect(datasetHash({ ...dataset, group, ids: dataset.ids.map((id) => `${id}!`) })).toBe(dataset.hash);
  });

  test.prop([datasets, fc.nat()])('changes with any one outcome or value', (dataset, pick) => {
    const row = pick % dataset.rows;
    const bad = dataset.bad.slice();
    bad[row] = 1 - (bad[row] as number);
    expect(datasetHash({ ...dataset, bad })).not.toBe(dataset.hash);
    const first = dataset.columns[0] as { kind: 'number'; name: string; values: Float64Array };
    const values = first.values.slice();
    values[row] = values[row] === 42 ? 43 : 42;
    expect(datasetHash({ ...dataset, columns: [{ ...first, values }, dataset.columns[1]!] })).not.toBe(dataset.hash);
  });

  test.prop([datasets])('rows taken in order are the data set itself', (dataset) => {
    expect(
      takeRows(
        dataset,
        dataset.bad.map((_, i) => i),
      ).hash,
    ).toBe(dataset.hash);
  });
});

describe('grouped folds', () => {
  const book = fc
    .array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 6 }), { minLength: 10, maxLength: 80 })
    .map((customers) => ({
      rows: customers.flat().length,
      bad: Uint8Array.from(customers.flat()),
      group: Int32Array.from(customers.flatMap((rows, customer) => rows.map(() => customer))),
    }));

  test.prop([book, fc.integer({ min: 2, max: 10 }), fc.nat()])(
    'keep each customer in one fold, and use every fold',
    (set, k, seed) => {
      const folds = groupedFolds(set, k, seed);
      const seen = new Map<number, number>();
      set.group.forEach((customer, row) => {
        expect(folds[row]).toBe(seen.get(customer) ?? folds[row]);
        seen.set(customer, folds[row] as number);
      });
      expect([...new Set(folds)].sort((a, b) => a - b)).toEqual(Array.from({ length: k }, (_, i) => i));
      expect(groupedFolds(set, k, seed)).toEqual(folds);
    },
  );

  test.prop([book, fc.integer({ min: 2, max: 5 }), fc.nat()])(
    'spread defaults to within one customer',
    (set, k, seed) => {
      const folds = groupedFolds(set, k, seed);
      const bads = Array.from({ length: k }, () => 0);
      const ofCustomer = new Map<number, number>();
      set.bad.forEach((bad, row) => {
        bads[folds[row] as number]! += bad;
        const customer = set.group[row] as number;
        ofCustomer.set(customer, (ofCustomer.get(customer) ?? 0) + bad);
      });
      expect(Math.max(...bads) - Math.min(...bads)).toBeLessThanOrEqual(Math.max(...ofCustomer.values()));
    },
  );

  test('differ with the seed, and refuse fewer customers than folds', () => {
    const set = { rows: 60, bad: new Uint8Array(60), group: null };
    expect(groupedFolds(set, 3, 1)).not.toEqual(groupedFolds(set, 3, 2));
    expect(() => groupedFolds({ rows: 4, bad: new Uint8Array(4), group: new Int32Array(4) }, 2, 1)).toThrow(
      /cannot be split/,
    );
  });
});
