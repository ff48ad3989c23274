import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { FeatureColumnDoc } from '../../features/views/feature-view.ts';
import { loadViews } from '../../features/views/index.ts';
import { makeDataset } from '../dataset/make.ts';
import { OPEN_POLICY, protectedUse } from '../protected/index.ts';
import { featuresOfProtected, readProtected } from './protected.ts';
import { withoutFeatures } from './without-features.ts';

const day = (text: string): number => Date.parse(text);

test('a protected attribute is what was known of the customer at the observation date, by row', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    await connection.run(`CREATE SCHEMA raw;
      CREATE TABLE raw.parties (party_id VARCHAR, gender VARCHAR, happened_at TIMESTAMP, known_from TIMESTAMP, known_until TIMESTAMP);
      INSERT INTO raw.parties VALUES
        ('a/1', 'female', '2020-01-01', '2020-01-01', '2024-01-01'), ('a/1', 'other', '2020-01-01', '2024-01-01', '9999-01-01'),
        ('b', 'male', '2020-01-01', '2023-06-01', '9999-01-01'), ('c', NULL, '2020-01-01', '2020-01-01', '9999-01-01')`);
    const rows = {
      rows: 4,
      ids: ['a/1/2023-01-01', 'a/1/2025-01-01', 'b/2023-01-01', 'c/2025-01-01'],
      time: Float64Array.of(day('2023-01-01'), day('2025-01-01'), day('2023-01-01'), day('2025-01-01')),
    };
    const [gender, ...more] = await readProtected(connection, rows);
    expect(more).toEqual([]);
    expect(gender).toMatchObject({ name: 'gender', levels: ['female', 'other'] });
    expect([...gender!.codes]).toEqual([0, 1, -1, -1]);
    expect(
      await readProtected(connection, { rows: 1, ids: ['c/2025-01-01'], time: Float64Array.of(day('2025-01-01')) }),
    ).toEqual([]);
    await connection.run('ALTER TABLE raw.parties DROP COLUMN gender');
    expect(await readProtected(connection, rows)).toEqual([]);
  } finally {
    connection.closeSync();
  }
});

test('a person’s age is told in bands as of the observation date; a company has none', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    await connection.run(`CREATE SCHEMA raw;
      CREATE TABLE raw.parties (party_id VARCHAR, kind VARCHAR, born_on DATE, happened_at TIMESTAMP, known_from TIMESTAMP, known_until TIMESTAMP);
      INSERT INTO raw.parties SELECT *, TIMESTAMP '2020-01-01', TIMESTAMP '2020-01-01', TIMESTAMP '9999-01-01' FROM (VALUES
        ('young', 'person', DATE '2000-01-02'), ('elderly', 'person', DATE '1963-01-01'), ('firm', 'company', DATE '1990-01-01'), ('unknown', 'person', NULL))`);
    const ids = ['young/2025-01-01', 'young/2025-01-02', 'elderly/2025-01-01', 'firm/2025-01-01', 'unknown/2025-01-01'];
    const time = Float64Array.from(ids, (id) => day(id.slice(-10)));
    const [age] = await readProtected(connection, { rows: ids.length, ids, time });
    expect(age?.name).toBe('age');
    expect([...age!.codes].map((code) => age!.levels[code] ?? null)).toEqual(['< 25', '25–39', '≥ 62', null, null]);
  } finally {
    connection.closeSync();
  }
});

test('features of a view that reads a protected column are protected whatever they are called; Probity’s own views read none of a person', async () => {
  const view = (name: string, sql: string) =>
    ({ name, sql, features: [{ name: `${name}_feature` } as FeatureColumnDoc] }) as const;
  const views = [
    view('courtesy', 'SELECT party_id, as_of, gender = 1 AS courtesy_feature FROM parties'),
    view('vintage', 'SELECT p.born_on AS vintage_feature FROM parties p'),
    view('harmless', "-- gender is not read here\nSELECT 'engendered' AS harmless_feature"),
  ];
  expect(featuresOfProtected(views)).toEqual(['courtesy_feature', 'vintage_feature']);
  const own = await loadViews();
  expect(featuresOfProtected(own)).toEqual([]);
  const names = own.flatMap(({ features }) => features.map(({ name }) => name));
  expect(protectedUse(names, OPEN_POLICY)).toEqual({ use: null, warnings: [] });
});

test('features that are to be left out are, and a name that is not there is refused', () => {
  const set = makeDataset({
    rows: 2,
    columns: ['a', 'b'].map((name) => ({ kind: 'number', name, values: new Float64Array(2) }) as const),
    features: ['a', 'b'].map((name) => ({ name, type: 'number', codes: [], monotone: null, label: null })),
    bad: Uint8Array.of(0, 1),
    weight: null,
    group: null,
    time: null,
    ids: ['1', '2'],
  });
  expect(withoutFeatures(set, ['a']).columns.map(({ name }) => name)).toEqual(['b']);
  expect(withoutFeatures(set, [])).toBe(set);
  expect(() => withoutFeatures(set, ['c'])).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
});
