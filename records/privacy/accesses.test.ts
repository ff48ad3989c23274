import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { lawfulChange } from '../database/index.ts';
import { createDataAccesses, groupedLooks, type NewLook } from './index.ts';

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

it('looks that come at once are stored together, in their order, and each is told how its own group went', async () => {
  const accesses = looks();
  const groups: number[] = [];
  let isDown = false;
  const record = groupedLooks(async (group) => {
    groups.push(group.length);
    if (isDown) throw new Error('no database');
    await accesses.recordEach(group);
  });
  const look = (i: number): NewLook => ({ subject: 'c-2', actor: 'li', purpose: `p${i}`, what: 'rating' });
  await record([]);
  await Promise.all(Array.from({ length: 200 }, (_, i) => record([look(i)])));
  expect(groups).toEqual([200]);
  expect((await accesses.of('c-2')).map(({ purpose }) => purpose)).toEqual(
    Array.from({ length: 200 }, (_, i) => `p${i}`),
  );
  isDown = true;
  const failed = await Promise.allSettled([record([look(0)]), record([look(1)])]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isDown = false;
  await record(Array.from({ length: 3_000 }, (_, i) => look(i)));
  await expect(record([look(0)])).resolves.toBeUndefined();
});
