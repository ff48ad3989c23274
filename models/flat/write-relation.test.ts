import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { literal } from '../../base/index.ts';
import { writeRelation } from './write-relation.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-write-'));
  instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  connection = await instance.connect();
});
afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true, force: true });
});

describe('a relation written to Parquet', () => {
  it('holds columns of as many values as asked for in dictionaries, and of more as they are, values alike', async () => {
    const path = join(folder, 'rows.parquet');
    const names = ['fits', 'larger', 'different'];
    const rows = '(SELECT i % 2000 / 7e0 AS fits, i % 2100 AS larger, i AS different FROM range(100000) AS rows(i))';
    expect(await writeRelation(connection, rows, names, path, 'parquet', 2000)).toBe(100_000);
    const file = literal(path);
    const coded = await connection.runAndReadAll(
      `SELECT path_in_schema FROM parquet_metadata(${file}) WHERE dictionary_page_offset IS NOT NULL`,
    );
    expect(coded.getRows()).toEqual([['fits']]);
    const numbered = (relation: string): string => `(SELECT *, row_number() OVER () AS r FROM ${relation})`;
    const equal = names.map((name) => `read.${name} = made.${name}`).join(' AND ');
    const same = await connection.runAndReadAll(
      `SELECT count(*) FILTER (${equal}) FROM ${numbered(file)} read JOIN ${numbered(rows)} made USING (r)`,
    );
    expect(same.getRows()).toEqual([[100_000n]]);
  });
});
