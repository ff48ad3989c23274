import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedSql, guardedText, identifier, literal, unguardedSql, unguardedText } from '../../base/index.ts';
import { openFlat } from '../dataset/flat-source.ts';
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
    expect(await writeRelation(connection, rows, names, path, 'parquet', { distinct: 2000 })).toBe(100_000);
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

describe('a relation written to CSV for people', () => {
  const texts = fc.sample(
    fc.string({
      unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '＝', '1', '.', 'e', 'a', '"', ','),
      minLength: 1,
    }),
    { numRuns: 1000, seed: 7 },
  );
  const values = texts.map((text, i) => `(${i}, ${literal(text)}, ${-(i + 1) / 4}::DOUBLE)`).join(', ');
  const table = `(VALUES ${values}) AS v(i, ${identifier('=t')}, n)`;

  it('guards texts as JavaScript does', async () => {
    const asked = `SELECT ${guardedSql('"=t"')}, ${unguardedSql('"=t"')} FROM ${table} ORDER BY i`;
    const rows = (await connection.runAndReadAll(asked)).getRows();
    expect(rows).toEqual(texts.map((text) => [guardedText(text), unguardedText(text)]));
  });

  it('runs nowhere as a formula, and is read back exactly; numbers are numbers; raw, it holds what came', async () => {
    const path = join(folder, 'texts.csv');
    const rows = `(SELECT * FROM ${table} ORDER BY i)`;
    expect(await writeRelation(connection, rows, ['=t', 'n'], path, 'csv')).toBe(texts.length);
    const cells = `read_csv(${literal(path)}, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n')`;
    const seen = (await connection.runAndReadAll(`FROM ${cells}`)).getRows() as [string, string][];
    expect(seen.map(([text]) => text)).toEqual(texts.map(guardedText));
    expect(seen.map(([, n]) => Number(n))).toEqual(texts.map((_, i) => -(i + 1) / 4));
    const source = await openFlat(connection, path);
    expect(source.columns.map(({ name }) => name)).toEqual(['=t', 'n']);
    const read = `SELECT ${source.columns.map(({ sql }) => sql).join(', ')} FROM ${source.numbered.relation} ORDER BY ${source.numbered.row}`;
    const back = (await connection.runAndReadAll(read)).getRows();
    expect(back.map(([text]) => text)).toEqual(texts);
    await writeRelation(connection, rows, ['=t', 'n'], path, 'csv', { raw: true });
    const raw = (await connection.runAndReadAll(`FROM ${cells}`)).getRows();
    expect(raw.map(([text]) => text)).toEqual(texts);
  });
});
