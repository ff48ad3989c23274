import { describe, expect, it } from 'vitest';
import { instant } from '../../base/index.ts';
import { makeDataset } from '../../models/dataset/index.ts';
import { parseBasisPolicy, type BasisSources } from '../../records/privacy/index.ts';
import { lawfulAttributes, lawfulSide } from './lawful-set.ts';

const now = instant('2026-06-01T00:00:00Z');
const from = instant('2020-01-01T00:00:00Z');
const declared = (name: string, type: 'number' | 'category') => ({
  name,
  type,
  codes: [],
  monotone: null,
  label: null,
});
const dates = ['2025-01-01', '2025-07-01'];
const ids = ['a', 'b', 'c', 'x/y'];

/** Two dates of four customers, one of whom has a slash in the key. */
const side = makeDataset({
  rows: 8,
  columns: [
    { kind: 'number', name: 'overdue', values: Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8]) },
    {
      kind: 'category',
      name: 'sector',
      levels: ['mining', 'retail'],
      codes: Int32Array.from([1, 1, 0, 1, 1, 1, 0, 1]),
    },
    { kind: 'number', name: 'orders', values: Float64Array.from([1, 1, 2, 2, 3, 3, 4, 4]) },
  ],
  features: [declared('overdue', 'number'), declared('sector', 'category'), declared('orders', 'number')],
  bad: Uint8Array.from([1, 0, 0, 0, 0, 1, 0, 1]),
  weight: null,
  group: Int32Array.from([0, 1, 2, 3, 0, 1, 2, 3]),
  time: Float64Array.from(dates.flatMap((date) => ids.map(() => Date.parse(date)))),
  ids: dates.flatMap((date) => ids.map((id) => `${id}/${date}`)),
});
const lineage = { overdue: ['invoices', 'payments'], sector: ['parties'], orders: ['orders'] };
const lines = (sources: readonly string[]) =>
  parseBasisPolicy({ bases: sources.map((source) => ({ source, purpose: 'model-development', basis: 'contract' })) });
const given = (periods: Awaited<ReturnType<BasisSources['bases']['periods']>> = []) => ({
  periods: async () => periods,
});
const use = (basis: BasisSources, source: 'outcomes' | 'invoices' = 'outcomes') => ({ lineage, source, now, basis });

describe('a training set', () => {
  it('with a legal basis for everything is the very same, hash and all', async () => {
    const { dataset, kept, withheld, lacking } = await lawfulSide(side, use({ policy: lines(['*']), bases: given() }));
    expect(dataset).toBe(side);
    expect([kept, lacking.size]).toEqual([null, 0]);
    expect(withheld).toEqual({ features: [], rowsLeftOut: 0 });
  });

  it('loses what has no basis as of the observation date, or not any more: missing, named and counted by source', async () => {
    const bases = given([
      { subject: 'a', source: 'invoices', from, until: null },
      { subject: 'b', source: 'invoices', from: instant('2025-03-01T00:00:00Z'), until: null },
      { subject: 'x/y', source: 'invoices', from, until: instant('2026-05-31T00:00:00Z') },
      { subject: null, source: 'parties', from: instant('2025-03-01T00:00:00Z'), until: null },
    ]);
    const found = await lawfulSide(side, use({ policy: lines(['outcomes', 'payments', 'orders']), bases }));
    const { dataset, withheld, kept } = found;
    const [overdue, sector, orders] = dataset.columns;
    expect(overdue?.kind === 'number' && [...overdue.values]).toEqual([1, NaN, NaN, NaN, 5, 6, NaN, NaN]);
    expect(sector?.kind === 'category' && [sector.levels, [...sector.codes]]).toEqual([
      ['mining', 'retail'],
      [-1, -1, -1, -1, 1, 1, 0, 1],
    ]);
    expect(orders).toBe(side.columns[2]);
    expect(withheld).toEqual({
      features: [
        { feature: 'overdue', source: 'invoices', rows: 5 },
        { feature: 'sector', source: 'parties', rows: 4 },
      ],
      rowsLeftOut: 0,
    });
    expect([kept, dataset.rows]).toEqual([null, 8]);
    expect(dataset.hash).not.toBe(side.hash);
    const gender = { kind: 'category' as const, name: 'gender', levels: ['f'], codes: new Int32Array(8) };
    expect([...(lawfulAttributes([gender], found)[0]?.codes ?? [])]).toEqual([-1, -1, -1, -1, 0, 0, 0, 0]);
  });

  it('leaves rows out where what tells their outcome has no basis, and levels that no row has any more', async () => {
    const bases = given(['a', 'b'].map((subject) => ({ subject, source: 'payments', from, until: null })));
    const policy = lines(['invoices', 'parties', 'orders']);
    const { dataset, kept, withheld } = await lawfulSide(side, use({ policy, bases }, 'invoices'));
    expect(kept).toEqual([0, 1, 4, 5]);
    expect(dataset.ids).toEqual(['a/2025-01-01', 'b/2025-01-01', 'a/2025-07-01', 'b/2025-07-01']);
    expect([...dataset.bad]).toEqual([1, 0, 0, 1]);
    expect(withheld).toEqual({ features: [], rowsLeftOut: 4 });
  });

  it('of nothing that may be used is refused, saying what to do', async () => {
    const refused = lawfulSide(side, use({ policy: lines(['outcomes']), bases: given() }));
    await expect(refused).rejects.toMatchObject({ code: 'NO_TRAINING_DATA' });
    await expect(refused).rejects.toThrow('model-development');
    const noOutcome = lawfulSide(side, use({ policy: lines(['orders']), bases: given() }));
    await expect(noOutcome).rejects.toMatchObject({ code: 'NO_TRAINING_DATA' });
  });
});
