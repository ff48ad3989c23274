import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createAppender,
  erasures,
  retirements,
  storedHead,
  storedRecord,
  storedRecords,
  verifyChain,
} from '../audit/index.ts';
import { createRatings, pseudonymsUnder } from '../ratings/index.ts';
import { applyRetention, createLegalHolds, loadRetentionRules, retentionDue } from './index.ts';

const tenant = 'acme' as Tenant;
const now = instant('2026-03-31T12:00:00Z');
const rules = { 'data-accesses': 1, 'report-links': 1, disputes: 1, 'credit-file-versions': 1, facts: {} };
const pseudonyms = pseudonymsUnder(Buffer.alloc(32, 7));

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
    const due = await retentionDue({ database, tenant, rules, now, pseudonyms });
    expect(due).toMatchObject([
      { kind: 'data-accesses', before: '2026-02-28T12:00:00.000Z', due: 1, held: 1 },
      { kind: 'report-links', due: 0, held: 0 },
      { kind: 'credit-file-versions', due: 0 },
      { kind: 'disputes', due: 1, held: 1 },
    ]);
    expect(await disputes()).toEqual(all);

    const appender = createAppender(database, tenant);
    const options = { database, tenant, rules, now, pseudonyms, actor: 'cli:li', appender };
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
    const { facts: _facts, 'portfolio-scores': _scores, ...usual } = loadRetentionRules(null, 12);
    const found = await retentionDue({
      database: server.database,
      tenant,
      rules: { ...usual, facts: {} },
      now,
      pseudonyms,
    });
    expect(found).toHaveLength(Object.keys(usual).length);
    const appender = createAppender(server.database, tenant);
    await applyRetention({
      database: server.database,
      tenant,
      rules: { ...usual, facts: {} },
      now,
      pseudonyms,
      actor: 'x',
      appender,
    });
  });
});

describe('the evidence of ratings whose time is over', () => {
  const ours = 'globex' as Tenant;
  let server: TestDatabase;
  beforeAll(async () => {
    server = await startTestDatabase();
  });
  afterAll(() => server?.stop());

  const firstBad = async () => {
    const { database } = server;
    const verifier = verifyChain(ours, {
      erasures: await erasures(database, ours),
      retirements: await retirements(database, ours),
    });
    for await (const record of storedRecords(database, ours)) {
      const bad = verifier.check(record);
      if (bad !== null) return bad;
    }
    return verifier.finish(await storedHead(database, ours));
  };

  it('goes, but not on hold, where a case is open, or newer; the chain verifies by what it says of it, and by nothing else', async () => {
    const { database } = server;
    const appender = createAppender(database, ours);
    const ratings = createRatings(database, ours, appender, pseudonyms);
    const give = async (customerId: string | null) =>
      (await ratings.record({ customerId, evidence: `{"of":"${customerId}"}` })).ratingId;
    const [gone, nobody, held, open] = [await give('c-1'), await give(null), await give('held'), await give('c-2')];
    await createLegalHolds(database, ours).place({ customerId: 'held', reason: 'court', actor: 'li' });
    await sql`insert into referral_cases (tenant, case_id, rating_id, state, queue, deadline, opened_at, revision, body)
      values (${ours}, 'case', ${open}, 'open', 'x', now(), now(), 0, '{}')`.execute(database.db);
    const later = instant(Date.now() + 400 * 86_400_000);
    const options = {
      database,
      tenant: ours,
      rules: { ratings: 12, facts: {} },
      now: later,
      pseudonyms,
      actor: 'li',
      appender,
    };
    expect(await retentionDue(options)).toMatchObject([{ kind: 'ratings', due: 2, held: 1 }]);
    expect(await applyRetention({ ...options, now: instant(Date.now()) })).toMatchObject([{ due: 0, held: 0 }]);
    expect(await applyRetention(options)).toMatchObject([{ due: 2, held: 1 }]);
    const newer = await give('c-1');
    for (const id of [gone, nobody])
      expect(await ratings.find(id)).toMatchObject({ evidence: null, absence: 'retired' });
    for (const id of [held, open, newer]) expect((await ratings.find(id)).evidence).not.toBeNull();
    expect(await firstBad()).toBeNull();
    expect(await applyRetention(options)).toMatchObject([{ due: 1, held: 1 }]);
    expect(await firstBad()).toBeNull();

    await ratings.eraseCustomer('c-2');
    expect(await ratings.find(open)).toMatchObject({ evidence: null, absence: 'erased' });
    expect(await ratings.find(gone)).toMatchObject({ absence: 'retired' });
    expect(await firstBad()).toBeNull();

    // What the statement excepts may not be gone.
    await sql`update record_bodies set salt = null, body = null
      where tenant = ${ours} and sequence = ${Number(held.split('-')[0])}`.execute(database.db);
    expect(await firstBad()).toMatchObject({ sequence: Number(held.split('-')[0]), problem: 'body-missing' });
  });
});

describe('rules for facts', () => {
  it('are refused where training would lack what it needs, and name tables that there are', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'probity-rules-'));
    try {
      const write = (rules: object) => writeFile(join(folder, 'retention-rules.json'), JSON.stringify(rules));
      await write({ facts: { orders: 47 } });
      expect(() => loadRetentionRules(folder, 12)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
      await write({ facts: { contacts: 100 } });
      expect(() => loadRetentionRules(folder, 12)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
      await write({ facts: { orders: 48 } });
      expect(loadRetentionRules(folder, 12)).toEqual({ facts: { orders: 48 } });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
