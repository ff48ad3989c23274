import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ERASED_WITH, EXPORT_PARTS, HOLDINGS, OF_NOBODY, SHOWN } from './index.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());

it('every table of the database is said to name customers, or to be of nobody', async () => {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' order by 1`.execute(server.database.db);
  // A new table? Say in records/privacy/holdings.ts what an erasure does there, or why it names nobody.
  const said = [...Object.keys(HOLDINGS), ...Object.keys(ERASED_WITH), ...Object.keys(OF_NOBODY)].sort();
  expect(rows.map(({ name }) => name)).toEqual(said);
});

it('every table that holds something of a customer is shown in the export, or it is said why not', async () => {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' order by 1`.execute(server.database.db);
  const names = rows.map(({ name }) => name);
  // A new table? Say in records/privacy/shown.ts in which part of the export it is shown, or why it is not.
  expect([...Object.keys(HOLDINGS), ...Object.keys(ERASED_WITH)].filter((name) => !(name in SHOWN))).toEqual([]);
  expect(names.filter((name) => !(name in SHOWN) && !(name in OF_NOBODY))).toEqual([]);
  expect(Object.keys(SHOWN).filter((name) => !names.includes(name))).toEqual([]);
  // No part of the export is of no table.
  const told = Object.values(SHOWN).flatMap((each) => ('in' in each ? each.in : []));
  expect([...new Set(told)].toSorted()).toEqual(EXPORT_PARTS.toSorted());
});
