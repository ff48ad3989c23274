import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAppender, storedHead, storedRecord, storedRecords, verifyChain } from '../audit/index.ts';
import { applyRetention, createLegalHolds, loadRetentionRules, retentionDue } from './index.ts';

const tenant = 'acme' as Tenant;
const now = instant('2026-03-31T12:00:00Z');
const rules = { 'data-accesses': 1, 'report-links': 1, disputes: 1, 'credit-file-versions': 1 };

describe('retention', () => {
  let server: TestDatabase;
  beforeAll(async () => {
    server = await startTestDatabase();
    const { db } = server.database;
    for (const customer of ['c-1', 'held']) {
      for (const [i, at] of ['2026-02-28T11:59:59Z', '2026-02-28T12:00:00Z'].entries()) {
        await sql`insert into data_accesses (tenant, access_id, subject, actor, purpose, what, at)
          values (${tenant}, gen_random_uuid(), ${customer}, 'li', 'x', 'export', ${at})`.execute(db);
        await sql`insert into disputes (tenant, dispute_id, customer_id, state, deadline, opened_at, closed_at, revision, body)
          values (${tenant}, ${`${customer}-${i}`}, ${customer}, 'rejected', ${at}, ${at}, ${at}, 1, '{}')`.execute(db);
        await sql`insert into dispute_events (tenant, dispute_id, revision, kind, event, at)
          values (${tenant}, ${`${customer}-${i}`}, 1, 'decide', '{}', ${at})`.execute(db);
      }
    }
    await sql`insert into disputes (tenant, dispute_id, customer_id, state, deadline, opened_at, revision, body)
      values (${tenant}, 'open', 'c-1', 'open', now(), '2020-01-01', 0, '{}'),
        ('other', 'theirs', 'c-1', 'rejected', now(), '2020-01-01', 0, '{}')`.execute(db);
    await sql`update disputes set closed_at = '2020-01-01' where tenant = 'other'`.execute(db);
  });
  afterAll(() => server?.stop());

  const disputes = async () => {
    const { rows } = await sql<{ id: string }>`select dispute_id as id from disputes order by 1`.execute(
      server.database.db,
    );
    return rows.map(({ id }) => id);
  };

  it('shows what is older than its months and changes nothing, then removes it, but nothing on hold, open, or of others', async () => {
    const { database } = server;
    const holds = createLegalHolds(database, tenant);
    const held = await holds.place({ customerId: 'held', reason: 'court order 7', actor: 'li' });
    await expect(holds.place({ customerId: 'c-1', reason: ' ', actor: 'li' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    const all = await disputes();
    const due = await retentionDue(database, tenant, rules, now);
    expect(due).toMatchObject([
      { kind: 'data-accesses', before: '2026-02-28T12:00:00.000Z', due: 1, held: 1 },
      { kind: 'report-links', due: 0, held: 0 },
      { kind: 'credit-file-versions', due: 0 },
      { kind: 'disputes', due: 1, held: 1 },
    ]);
    expect(await disputes()).toEqual(all);

    const appender = createAppender(database, tenant);
    const options = { database, tenant, rules, now, actor: 'cli:li', appender };
    expect(await applyRetention(options)).toEqual(due);
    expect(await disputes()).toEqual(['c-1-1', 'held-0', 'held-1', 'open', 'theirs']);
    await holds.lift(held.holdId, 'li');
    await expect(holds.lift(held.holdId, 'li')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await applyRetention(options);
    expect(await disputes()).toEqual(['c-1-1', 'held-1', 'open', 'theirs']);
    expect((await applyRetention(options)).every((each) => each.due === 0)).toBe(true);

    const first = await storedRecord(database, tenant, 1);
    expect(first?.kind).toBe('retention');
    expect(JSON.parse(Buffer.from(first?.body?.bytes ?? []).toString())).toMatchObject({ actor: 'cli:li', kinds: due });
    const verifier = verifyChain(tenant);
    for await (const record of storedRecords(database, tenant)) expect(verifier.check(record)).toBeNull();
    expect(verifier.finish(await storedHead(database, tenant))).toBeNull();
  });

  it('has a statement for every kind that PostgreSQL takes', async () => {
    const usual = loadRetentionRules(null);
    const found = await retentionDue(server.database, tenant, usual, now);
    expect(found).toHaveLength(Object.keys(usual).length);
    const appender = createAppender(server.database, tenant);
    await applyRetention({ database: server.database, tenant, rules: usual, now, actor: 'x', appender });
  });
});
