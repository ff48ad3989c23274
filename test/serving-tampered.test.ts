import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refreshFeatures } from '../pipelines/index.ts';
import { OPERATIONS } from '../serving/access/index.ts';
import { until } from './pipelines-environment.ts';
import { runningProject, type RunningProject } from './support/running-project.ts';

/** All that `probity up` runs, over a database that somebody else writes to and ids that are code elsewhere. */
const COMPANY = 'C-001';
let running: RunningProject;
const ask: RunningProject['ask'] = (...request) => running.ask(...request);

beforeAll(async () => {
  running = await runningProject();
  await running.writeSource('');
  const invoice = {
    table: 'invoices',
    values: { party_id: 'C-001', invoice_id: 'I-1', issued_on: '2026-01-05', due_on: '2026-02-05', amount: '10' },
    happenedAt: '2026-01-05T00:00:00Z',
    idempotencyKey: 'i-1',
  };
  expect((await ask('POST', '/v1/events', { events: [invoice] })).status).toBe(201);
  await refreshFeatures(running.pipelines.client, running.scope);
  // The server learns of the snapshot within a second.
  const tried = { customerId: COMPANY, dryRun: true };
  await until(async () => ((await ask('POST', '/v1/ratings', tried)).status === 200 ? true : null));
}, 120_000);
afterAll(() => running?.close());

describe('evidence that was rewritten whole', () => {
  it('so that it agrees with itself, is told by no address: not the rating, advice, notice, override, report, agreement or repeated key', async () => {
    const key = { 'idempotency-key': 'whole-1' };
    const given = { customerId: COMPANY, request: { amount: '100' } };
    const rated = async (body: object, headers = {}) => {
      const answer = await ask('POST', '/v1/ratings', body, headers);
      expect(answer.status, answer.text).toBe(200);
      const { ratingId, receipt } = answer.body as { ratingId: string; receipt: { sequence: number } };
      return { ratingId, sequence: receipt.sequence };
    };
    const mine = await rated(given, key);
    const kinder = await rated({ customerId: COMPANY, request: { amount: '1' } });
    const at = `/v1/ratings/${mine.ratingId}`;
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const override = { to: 'decline', reasonCode: 'NEW_INFORMATION', note: 'x', expiresAt };
    const asked: readonly Parameters<RunningProject['ask']>[] = [
      ['GET', at],
      ['GET', `${at}/advice`],
      ['GET', `${at}/overrides`],
      ['GET', `/v1/customers/${COMPANY}/report?purpose=check&audience=internal`],
      ['POST', '/v1/ratings', given, key],
      ['POST', `${at}/notices`, { language: 'en', jurisdiction: 'CN', channel: 'handed-over' }],
      ['POST', `${at}/overrides`, override],
      ['POST', `/v1/customers/${COMPANY}/agreements`, { ratingId: mine.ratingId }],
    ];
    for (const request of asked.slice(0, 5)) {
      const answer = await ask(...request);
      expect([request[1], answer.status, answer.text]).toEqual([request[1], 200, expect.any(String)]);
    }
    // The evidence of another rating of the customer is sound in itself: inputs and answer fit.
    const { db } = running.database;
    await sql`alter table record_bodies disable trigger record_bodies_erased_only`.execute(db);
    await sql`update record_bodies set body = (select body from record_bodies where tenant = 'acme'
      and sequence = ${kinder.sequence}) where tenant = 'acme' and sequence = ${mine.sequence}`.execute(db);
    await sql`alter table record_bodies enable trigger record_bodies_erased_only`.execute(db);
    for (const request of asked) {
      const answer = await ask(...request);
      expect([request[1], answer.status, answer.body?.['code']]).toEqual([request[1], 500, 'EVIDENCE_ALTERED']);
    }
    expect((await ask('GET', `/v1/ratings/${kinder.ratingId}`)).status).toBe(200);
  }, 60_000);
});

describe('an id that is code elsewhere', () => {
  const HOSTILE = [
    "' OR '1'='1",
    "x'; SELECT pg_sleep(5); --",
    '$1',
    '\\',
    '%',
    '${7*7}',
    '../../etc/passwd',
    "read_csv('/etc/passwd')",
    "'||(select version())||'",
  ];
  const rows = async (): Promise<number> => {
    const { db } = running.database;
    const counted = sql<{ n: number }>`select (select count(*) from api_keys) + (select count(*) from facts) as n`;
    return Number((await counted.execute(db)).rows[0]?.n);
  };

  it('is a plain name to PostgreSQL and to the reader of snapshots, at every address and in every body', async () => {
    const before = await rows();
    const addresses = Object.values(OPERATIONS).filter(({ method, path }) => method === 'GET' && path.includes('{'));
    expect(addresses.length).toBeGreaterThan(20);
    for (const hostile of HOSTILE) {
      const named = encodeURIComponent(hostile);
      expect([hostile, (await ask('POST', '/v1/ratings', { customerId: hostile })).status]).toEqual([hostile, 404]);
      for (const { path } of addresses) {
        const address = path.replaceAll(/\{\w+\}/g, named);
        for (const query of ['', `?purpose=${named}`]) {
          const { status, text } = await ask('GET', address + query);
          expect([path, hostile, query, status < 500]).toEqual([path, hostile, query, true]);
          // Nothing there is of anybody, nor computed, nor what a file or the database says.
          const leaks = text.includes(COMPANY) || /root:x|PostgreSQL \d/.test(text);
          expect([path, hostile, query, leaks]).toEqual([path, hostile, query, false]);
        }
      }
    }
    expect(await rows()).toBe(before);
  }, 120_000);

  it('that was taken in with a fact is that name, and rates as any other', async () => {
    const taken = "x'; DROP TABLE facts; --";
    const event = { table: 'parties', values: { party_id: taken, kind: 'person' }, happenedAt: '2026-01-05' };
    const sent = await ask('POST', '/v1/events', { events: [{ ...event, idempotencyKey: taken }] });
    expect(sent.status, sent.text).toBe(201);
    const rated = await ask('POST', '/v1/ratings', { customerId: taken });
    expect([rated.status, rated.body?.['customerId']]).toEqual([200, taken]);
    expect((await ask('POST', '/v1/ratings', { customerId: "x'; DROP TABLE facts" })).status).toBe(404);
    const note = await ask('POST', `/v1/customers/${encodeURIComponent(taken)}/file/note`, { body: { text: taken } });
    expect(note.status, note.text).toBe(201);
    const file = await ask(
      'GET',
      `/v1/customers/${encodeURIComponent(taken)}/file?purpose=${encodeURIComponent(taken)}`,
    );
    expect(file.body).toMatchObject({ customerId: taken, entries: [{ body: { text: taken } }] });
  });
});
