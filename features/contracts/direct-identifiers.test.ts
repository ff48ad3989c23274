import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { literal } from '../../base/index.ts';
import { directIdentifierSql, isDirectIdentifier } from './direct-identifiers.ts';

const DIRECT = [
  'zhao@example.net',
  'a.b+c@mail.example.co.uk',
  '+86 139 0000 7731',
  '+49 (30) 123456',
  '11010519491231002X',
];
const KEYS = [
  'C-001',
  'P0000001',
  '',
  '@',
  'a@b',
  '+1',
  '202611270001234567',
  '110105194913310021',
  'f'.repeat(64),
  '+x 1234567',
  '客户一',
];

let instance: DuckDBInstance;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
});
afterAll(() => instance.closeSync());

it('tells what names a person outright from keys, alike in TypeScript and in DuckDB', async () => {
  expect(DIRECT.filter((text) => !isDirectIdentifier(text))).toEqual([]);
  expect(KEYS.filter(isDirectIdentifier)).toEqual([]);
  const connection = await instance.connect();
  const all = [...DIRECT, ...KEYS];
  const reader = await connection.runAndReadAll(
    `SELECT ${directIdentifierSql('v')} FROM (SELECT unnest([${all.map((text) => literal(text)).join(', ')}]) AS v)`,
  );
  expect(reader.getRows().map(([direct]) => direct)).toEqual(all.map(isDirectIdentifier));
});
