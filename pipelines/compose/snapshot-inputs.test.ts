import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant } from '../../base/index.ts';
import { loadViews, type FeatureView } from '../../features/views/index.ts';
import { snapshotKey, type SnapshotInputs } from './snapshot-inputs.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
let views: readonly FeatureView[];

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await connection.run('CREATE SCHEMA meta');
  await connection.run('CREATE TABLE meta.imports (import_id VARCHAR, status VARCHAR, imported_at TIMESTAMP)');
  views = await loadViews();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

it('names a snapshot by all that decides what it holds', async () => {
  const inputs: SnapshotInputs = { asOf: instant('2026-01-31'), factsThrough: 7, views, keep: [], sources: [] };
  const source = { source: 'erp', table: 'invoices', newestKnownFrom: null, freshnessMs: null };
  const changed: readonly Partial<SnapshotInputs>[] = [
    { asOf: instant('2026-02-01') },
    { factsThrough: 8 },
    { views: views.slice(1) },
    { keep: [views.slice(1)] },
    { sources: [source] },
  ];
  const key = await snapshotKey(connection, inputs);
  expect(await snapshotKey(connection, { ...inputs })).toBe(key);
  const keys = [key, ...(await Promise.all(changed.map((more) => snapshotKey(connection, { ...inputs, ...more }))))];
  await connection.run("INSERT INTO meta.imports VALUES ('a', 'failed', '2026-01-31')");
  expect(await snapshotKey(connection, inputs)).toBe(key);
  await connection.run("INSERT INTO meta.imports VALUES ('b', 'loaded', '2026-01-31')");
  keys.push(await snapshotKey(connection, inputs));
  expect(new Set(keys).size).toBe(keys.length);
});
