import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { lawfulChange } from '../database/index.ts';
import { createDataAccesses } from './index.ts';

let server: TestDatabase;
let tenant: Tenant;
let runs = 0;
const PSEUDONYM = 'ab'.repeat(16);
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  tenant = `accesses-${runs++}` as Tenant;
  await createDataAccesses(server.database, tenant).record('c-1', { actor: 'li', purpose: 'ticket 7', what: 'file' });
});

const looks = () => createDataAccesses(server.database, tenant);
const refused = /append-only/;

it('a look on record is never changed, removed or truncated', async () => {
  const { db } = server.database;
  for (const statement of [
    sql`update data_accesses set actor = 'wang' where tenant = ${tenant}`,
    sql`update data_accesses set purpose = '(erased)' where tenant = ${tenant}`,
    sql`delete from data_accesses where tenant = ${tenant}`,
    sql`truncate data_accesses`,
  ])
    await expect(statement.execute(db)).rejects.toThrow(refused);
  expect(await looks().of('c-1')).toMatchObject([{ actor: 'li', purpose: 'ticket 7', what: 'file' }]);
});

it('an erasure takes subject and purpose, and nothing else; a retention rule removes, and says so for its transaction alone', async () => {
  const { db } = server.database;
  const within = (why: 'erasure' | 'retention', statement: ReturnType<typeof sql>) =>
    db.transaction().execute(async (trx) => {
      await lawfulChange(trx, why);
      return statement.execute(trx);
    });
  await expect(
    within('erasure', sql`update data_accesses set purpose = '(erased)', actor = 'wang' where tenant = ${tenant}`),
  ).rejects.toThrow(refused);
  await expect(
    within('erasure', sql`update data_accesses set purpose = 'another' where tenant = ${tenant}`),
  ).rejects.toThrow(refused);
  await expect(within('erasure', sql`delete from data_accesses where tenant = ${tenant}`)).rejects.toThrow(refused);
  await within(
    'erasure',
    sql`update data_accesses set subject = ${PSEUDONYM}, purpose = '(erased)' where tenant = ${tenant}`,
  );
  expect(await looks().of(PSEUDONYM)).toMatchObject([{ actor: 'li', purpose: '(erased)', what: 'file' }]);
  await expect(sql`delete from data_accesses where tenant = ${tenant}`.execute(db)).rejects.toThrow(refused);
  await within('retention', sql`delete from data_accesses where tenant = ${tenant}`);
  expect(await looks().of(PSEUDONYM)).toEqual([]);
});
