import { beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../test/support/raw-fixture.ts';
import { signalDatabase } from '../../test/support/signal-database.ts';
import { computeFeatures } from '../asof/index.ts';
import { CUSTOMERS_WORKED, INDUSTRIES_WORKED } from '../../test/support/hand-worked/index.ts';
import { loadSignals, type SignalViews } from './index.ts';

let views: SignalViews;
let customers: ReadonlyMap<string, Record<string, unknown>>;
let industries: ReadonlyMap<string, Record<string, unknown>>;
beforeAll(async () => {
  views = await loadSignals();
  const rows = [...CUSTOMERS_WORKED, ...INDUSTRIES_WORKED].flatMap((story) => story.rows);
  const opened = await signalDatabase(rows);
  const { connection } = opened;
  try {
    const of = async (stories: readonly { readonly id: string }[], which: SignalViews['customers']) => {
      const ids = stories.map(({ id }) => `'${id}'`).join(', ');
      const asked = `(SELECT unnest([${ids}]) AS party_id, TIMESTAMP '2025-07-01' AS as_of)`;
      await computeFeatures(connection, { views: which, asked, into: 'wide' });
      return new Map((await rowsOf(connection, 'wide')).map((row) => [String(row['party_id']), row]));
    };
    customers = await of(CUSTOMERS_WORKED, views.customers);
    industries = await of(INDUSTRIES_WORKED, views.industries);
  } finally {
    opened.close();
  }
});

const valuesOf = (row: Record<string, unknown> | undefined, expected: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.keys(expected).map((name) => [name, rounded(row?.[name])]));
const rounded = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toFixed(9)) : value);

describe('signals are what a hand works out of the facts:', () => {
  it.each(CUSTOMERS_WORKED)('$id: $law', ({ id, signals }) => {
    expect(valuesOf(customers.get(id), signals)).toEqual(valuesOf(signals, signals));
  });
  it.each(INDUSTRIES_WORKED)('$id: $law', ({ id, signals }) => {
    expect(valuesOf(industries.get(id), signals)).toEqual(valuesOf(signals, signals));
  });

  it('each signal of each view is worked out, once at least', () => {
    const worked = (stories: readonly { readonly signals: object }[]) =>
      new Set(stories.flatMap(({ signals }) => Object.keys(signals)));
    const unproven = (which: SignalViews['customers'], stories: typeof CUSTOMERS_WORKED) =>
      which.flatMap(({ features }) => features.flatMap(({ name }) => (worked(stories).has(name) ? [] : [name])));
    expect(unproven(views.customers, CUSTOMERS_WORKED)).toEqual([]);
    expect(unproven(views.industries, INDUSTRIES_WORKED)).toEqual([]);
    expect(CUSTOMERS_WORKED.flatMap(({ rows }) => rows).length).toBeGreaterThan(100);
  });
});
