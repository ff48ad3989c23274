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
    const {
      facts: _facts,
      'portfolio-scores': _scores,
      'training-sets': _sets,
      ...usual
    } = loadRetentionRules(null, 12);
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

describe('what people were told and agreed', () => {
  const ours = 'initech' as Tenant;
  const before = '2026-02-28T11:59:59Z';
  const after = '2026-02-28T12:00:00Z';
  let server: TestDatabase;
  beforeAll(async () => {
    server = await startTestDatabase();
  });
  afterAll(() => server?.stop());

  /** Rows of every kind for a customer, named by `name`, whose last event was at an instant. */
  async function plant(customer: string, name: string, at: string): Promise<void> {
    const { db } = server.database;
    const id = `${customer}-${name}`;
    await sql`insert into customer_notices (tenant, notice_id, customer_id, rating_id, channel, language, jurisdiction, outcome, state, revision, issued_at, sealed)
      values (${ours}, ${id}, ${customer}, ${id}, 'postal', 'en', 'x', 'decline', 'sent', 1, ${before}, '')`.execute(
      db,
    );
    await sql`insert into customer_notice_events (tenant, notice_id, revision, kind, actor, at)
      values (${ours}, ${id}, 0, 'issued', 'li', ${before}), (${ours}, ${id}, 1, 'sent', 'li', ${at})`.execute(db);
    await sql`insert into improvement_agreements (tenant, agreement_id, customer_id, rating_id, state, due, revision, body)
      values (${ours}, ${id}, ${customer}, 'r', 'kept', '2020-01-01', 1, '{}')`.execute(db);
    await sql`insert into improvement_agreement_states (tenant, agreement_id, revision, state, actor, at)
      values (${ours}, ${id}, 0, 'open', 'li', '2020-01-01'), (${ours}, ${id}, 1, 'kept', 'li', ${at})`.execute(db);
    await sql`insert into alerts (tenant, alert_id, kind, cause, about, level, customer_id, to_kind, to_name, next, instead_of, facts, at)
      values (${ours}, ${id}, 'warning', 'raised', 'w', 'watch', ${customer}, 'role', 'admin', '[]', '', '{}', ${at})`.execute(
      db,
    );
    await sql`insert into alert_reads (tenant, alert_id, actor) values (${ours}, ${id}, 'li')`.execute(db);
    await sql`insert into customer_reports (tenant, report_id, customer_id, as_of, sealed)
      values (${ours}, ${id}, ${customer}, ${at}, '')`.execute(db);
  }
  const left = async () => {
    const tables = {
      customer_notices: 'notice_id',
      improvement_agreements: 'agreement_id',
      alerts: 'alert_id',
      customer_reports: 'report_id',
      control_reports: 'report_id',
      reconciliations: 'reconciliation_id',
    };
    const found: Record<string, string[]> = {};
    for (const [table, key] of Object.entries(tables)) {
      const { rows } = await sql<{
        id: string;
      }>`select ${sql.id(key)} as id from ${sql.id(table)} where tenant = ${ours}
        order by 1`.execute(server.database.db);
      found[table] = rows.map(({ id }) => id);
    }
    return found;
  };

  it('goes after its months with what hangs on it, but not on hold, nor what is open, or still on its way; the chain verifies', async () => {
    const { database } = server;
    const { db } = database;
    for (const customer of ['c-1', 'held']) {
      await plant(customer, 'old', before);
      await plant(customer, 'young', after);
    }
    await plant('c-1', 'open', before);
    await sql`update customer_notices set next_at = ${before} where notice_id = 'c-1-open'`.execute(db);
    await sql`update improvement_agreements set state = 'open' where agreement_id = 'c-1-open'`.execute(db);
    await sql`insert into alert_mails (tenant, alert_id, actor, state) values (${ours}, 'c-1-open', 'li', 'pending')`.execute(
      db,
    );
    for (const [name, at] of [
      ['old', before],
      ['young', after],
    ]) {
      await sql`insert into control_reports (tenant, report_id, from_at, until_at, made_at, body)
        values (${ours}, ${name}, ${at}, ${at}, ${at}, '{}')`.execute(db);
      await sql`insert into reconciliations (tenant, reconciliation_id, at, settled, body)
        values (${ours}, ${name}, ${at}, true, '{}')`.execute(db);
    }
    await createLegalHolds(database, ours).place({ customerId: 'held', reason: 'court', actor: 'li' });
    const kinds = [
      'notices',
      'agreements',
      'alerts',
      'customer-reports',
      'control-reports',
      'reconciliations',
    ] as const;
    const one = Object.fromEntries(kinds.map((kind) => [kind, 1]));
    const appender = createAppender(database, ours);
    const options = { database, tenant: ours, rules: { ...one, facts: {} }, now, pseudonyms, actor: 'li', appender };
    const due = await applyRetention(options);
    expect(due.map(({ kind, due: count, held }) => [kind, count, held])).toEqual([
      ['notices', 1, 1],
      ['agreements', 1, 1],
      ['alerts', 1, 1],
      ['customer-reports', 2, 1],
      ['control-reports', 1, 0],
      ['reconciliations', 1, 0],
    ]);
    const stays = ['c-1-open', 'c-1-young', 'held-old', 'held-young'];
    expect(await left()).toEqual({
      customer_notices: stays,
      improvement_agreements: stays,
      alerts: stays,
      customer_reports: stays.slice(1),
      control_reports: ['young'],
      reconciliations: ['young'],
    });
    const { rows } = await sql<{
      n: number;
    }>`select (select count(*)::int from customer_notice_events where notice_id = 'c-1-old')
      + (select count(*)::int from improvement_agreement_states where agreement_id = 'c-1-old')
      + (select count(*)::int from alert_reads where alert_id = 'c-1-old') as n`.execute(db);
    expect(rows).toEqual([{ n: 0 }]);
    expect((await applyRetention(options)).every((each) => each.due === 0)).toBe(true);
    const verifier = verifyChain(ours);
    for await (const record of storedRecords(database, ours)) expect(verifier.check(record)).toBeNull();
    expect(verifier.finish(await storedHead(database, ours))).toBeNull();
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
