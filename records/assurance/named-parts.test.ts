import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentHash, type Json, type Tenant } from '../../base/index.ts';
import { evidenceText, loadRuleFiles, ruleSetHash } from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAppender, storedRecords } from '../audit/index.ts';
import { createParts } from '../parts/index.ts';
import { createRuleSets } from '../rules/index.ts';
import { namedParts, type HeldParts } from './named-parts.ts';

let server: TestDatabase;
let tenants = 0;

beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());

/** A tenant with some parts, and ratings that name them by role, in order. */
async function world(...ratings: readonly Readonly<Record<string, Json>>[]) {
  const tenant = `t${tenants++}` as Tenant;
  const { database } = server;
  const parts = createParts(database, tenant);
  const appender = createAppender(database, tenant);
  for (const contents of ratings) {
    const named: Record<string, string> = {};
    for (const [role, content] of Object.entries(contents)) named[role] = await parts.keep(role, content);
    const body = evidenceText({
      engine: 'probity.decision/1',
      inputs: { said: '"parts":{' },
      parts: named,
      answer: {},
    });
    await appender.append({ kind: 'rating', subject: null, body: Buffer.from(body) });
  }
  const held = async (): Promise<HeldParts> => {
    const found = namedParts();
    for await (const record of storedRecords(database, tenant)) found.note(record);
    return found.hold(database, tenant, null);
  };
  return { tenant, held };
}

/** Runs a statement that gets around the database's own rules. */
const tamper = (statement: string) =>
  server.database.db.transaction().execute(async (trx) => {
    await sql.raw('set local session_replication_role = replica').execute(trx);
    await sql.raw(statement).execute(trx);
  });

describe('parts that ratings name', () => {
  it('are held against their hashes, each once, and the first bad one is named with the first rating that names it', async () => {
    const { tenant, held } = await world(
      { rules: { version: 1 }, standards: { base: 600 } },
      { rules: { version: 1 }, standards: { base: 600 } },
      { rules: { version: 2 }, standards: { base: 600 } },
      { rules: { version: 2 }, standards: { base: 600 }, acts: { pay: 'overdue' } },
    );
    expect(await held()).toEqual({ held: 4, unseen: 0, bad: null });
    const [second, acts] = [contentHash({ version: 2 }), contentHash({ pay: 'overdue' })];
    await tamper(`delete from parts where tenant = '${tenant}' and hash = '${acts}'`);
    expect(await held()).toMatchObject({ held: 3, bad: { role: 'acts', hash: acts, sequence: 4 } });
    await tamper(`update parts set content = '{"version":3}' where tenant = '${tenant}' and hash = '${second}'`);
    expect(await held()).toMatchObject({ bad: { role: 'rules', hash: second, sequence: 3 } });
  });

  it('without a storage, artefacts are counted as unseen, never as held', async () => {
    const { held } = await world({ model: { any: 'model' }, rules: {} });
    expect(await held()).toEqual({ held: 1, unseen: 1, bad: null });
  });

  it('and every rule set of the registry has its hash', async () => {
    const { tenant, held } = await world();
    const files = loadRuleFiles(null);
    const rules = { hash: ruleSetHash(files), name: 'ours', version: 1, files };
    await createRuleSets(server.database, tenant).draft(rules, 'li');
    expect(await held()).toEqual({ held: 1, unseen: 0, bad: null });
    await tamper(`update rule_sets set files = files || '{"extra": 1}' where tenant = '${tenant}'`);
    expect(await held()).toMatchObject({ held: 0, bad: { role: 'rule-set', hash: rules.hash, sequence: null } });
  });

  it('are refused to whoever would change or remove them, as rule sets are', async () => {
    await world({ rules: { some: 1 } });
    const { db } = server.database;
    for (const statement of [
      "update parts set content = '{}'",
      'delete from parts',
      'truncate parts',
      "update rule_sets set name = 'x'",
      'truncate rule_sets cascade',
    ])
      await expect(sql.raw(statement).execute(db), statement).rejects.toThrow(/never changed or removed/);
  });
});
