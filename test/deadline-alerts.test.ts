import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant, type Instant, type Role, type Tenant } from '../base/index.ts';
import {
  alertText,
  applyCaseEvent,
  applyDisputeEvent,
  applyReviewEvent,
  deadlineAlert,
  defaultAuthority,
  loadAlerting,
  loadDisputeDeadlines,
  loadReviewPolicy,
  loadWarningHandling,
  openCase,
  openDispute,
  openReview,
  waitingDispute,
  type DisputeEvent,
  type ReferralCase,
} from '../rating/index.ts';
import { createAlerts, createDeadlineAlerts } from '../records/alerts/index.ts';
import { createAppender } from '../records/audit/index.ts';
import { createCases } from '../records/cases/index.ts';
import { createDisputes } from '../records/disputes/index.ts';
import { pseudonymsUnder } from '../records/ratings/index.ts';
import { createReviews } from '../records/reviews/index.ts';
import { composeAlerts, type RunningAlerts } from '../serving/compose/alerts.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

const authority = defaultAuthority();
const start = '2026-06-01T00:00:00.000Z';
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
let database: TestDatabase;
let tenant: Tenant;
let tenants = 0;
let now: Instant;
let alerts: RunningAlerts;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database?.stop());
beforeEach(() => {
  tenant = `due-${++tenants}` as Tenant;
  now = instant(start);
  alerts = composeAlerts({
    tenant,
    database: database.database,
    alerting: loadAlerting(null),
    handling: loadWarningHandling(null),
    appender: createAppender(database.database, tenant),
    pseudonyms: pseudonymsUnder(Buffer.alloc(32, 1)),
    looks: async () => [],
    reconciliations: async () => [],
    givenUpWebhooks: async () => [],
    meanings: async () => new Map(),
    deadlines: { authority, reviewPolicy: loadReviewPolicy(null) },
    mail: null,
    clock: { now: () => now },
    logger: pino({ level: 'silent' }),
    lookMs: 10,
  });
  alerts.start();
});
afterEach(() => alerts.close());

const later = (hours: number): void => void (now = instant(Date.parse(now) + hours * 3_600_000));
/** What somebody has unread, by what it is about. */
const inbox = async (...roles: readonly Role[]) => {
  const found = await createAlerts(database.database, tenant, () => []).inbox(
    { actor: 'li', roles },
    { unread: true, limit: 100 },
  );
  return found.map(({ alert: { kind, cause, to } }) => `${kind} ${cause} ${to.name}`).toSorted();
};
const everything = async () => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from alerts where tenant = ${tenant}`.execute(
    database.database.db,
  );
  return rows[0]?.n;
};
const settledLoop = () => new Promise((resolve) => setTimeout(resolve, 120));

describe('deadlines', () => {
  it('of a dispute are told to officers once reminded, to managers once handed up, each once, and to nobody once it is decided', async () => {
    const disputes = createDisputes(database.database, tenant);
    const about = { kind: 'rating', ratingId: '1-aa' } as const;
    const given = { disputeId: 'd-1', customerId: 'c-1', about, claim: 'no', openedBy: 'crm', jurisdiction: 'CN' };
    let dispute = openDispute(given, loadDisputeDeadlines(null).laws['CN']!, now);
    let revision = 0;
    const act = async (event: DisputeEvent) => {
      dispute = applyDisputeEvent(now, dispute, event);
      await disputes.save(dispute, ++revision, event, now);
    };
    await disputes.open(dispute);
    await settledLoop();
    expect(await everything()).toBe(0);
    later(15 * 24);
    await act({ kind: 'time-passed' });
    await expect.poll(() => inbox('credit-officer')).toEqual(['dispute due-soon credit-officer']);
    later(5 * 24);
    await act({ kind: 'time-passed' });
    await expect.poll(() => inbox('credit-manager')).toEqual(['dispute overdue credit-manager']);
    // No more the officers' turn.
    await expect.poll(() => inbox('credit-officer')).toEqual([]);
    await settledLoop();
    expect(await everything()).toBe(2);
    const decide = {
      kind: 'decide',
      actor: 'wang',
      roles: ['credit-manager'],
      reason: 'paid',
      correction: null,
    } as const;
    await act({ ...decide, ending: 'rejected' });
    await expect.poll(() => inbox('credit-manager', 'credit-officer')).toEqual([]);
    const all = await createAlerts(database.database, tenant, () => []).inbox(
      { actor: 'li', roles: ['credit-manager', 'credit-officer'] },
      { unread: false, limit: 10 },
    );
    expect(all.map(({ endedAt, readAt }) => [endedAt === null, readAt])).toEqual([
      [false, null],
      [false, null],
    ]);
  });

  it('of a case and a review are told to who took them, else to the role whose turn it is, and follow whom they are given to', async () => {
    const cases = createCases(database.database, tenant);
    const fresh = { caseId: 'k-1', ratingId: '1-aa', customerId: 'c-1', exposure: 900, causes: [], requestedBy: 'crm' };
    let referred: ReferralCase = openCase(fresh, authority, now);
    await cases.open(referred);
    const step = async (revision: number, event: Parameters<typeof applyCaseEvent>[2]) => {
      referred = applyCaseEvent(now, referred, event, authority);
      await cases.save(referred, revision, event, now);
    };
    later(authority.deadlineHours - 3);
    await expect.poll(() => inbox('credit-officer')).toEqual(['case due-soon credit-officer']);
    await step(1, { kind: 'claim', ...officer });
    await expect.poll(() => inbox('credit-officer')).toEqual(['case due-soon li']);
    later(3);
    await step(2, { kind: 'deadline-passed' });
    await expect.poll(() => inbox('credit-officer', 'credit-manager')).toEqual(['case overdue credit-manager']);
    // Where no workflow hands it up, people are told all the same.
    const reviews = createReviews(database.database, tenant);
    const rating = { ratingId: '1-aa', exposure: 100, limit: 0 };
    const findings = { now: rating, before: null, changes: [], lapsedDocuments: [] } as never;
    const dueAt = new Date(Date.parse(now) + 10 * 86_400_000).toISOString();
    let review = openReview({ reviewId: 'r-1', customerId: 'c-2', because: ['date'], findings, dueAt }, authority, now);
    await reviews.open(review);
    await settledLoop();
    expect(await inbox('credit-officer')).toEqual([]);
    later(4 * 24);
    await expect.poll(() => inbox('credit-officer')).toEqual(['review due-soon credit-officer']);
    later(7 * 24);
    await expect.poll(() => inbox('credit-officer')).toEqual(['review overdue credit-officer']);
    const keep = { kind: 'sign-off', conclusion: 'keep', limit: null, reason: 'seen', ...officer } as const;
    review = applyReviewEvent(now, review, keep, authority);
    await reviews.save(review, 1, keep, now);
    await expect.poll(() => inbox('credit-officer')).toEqual([]);
  });

  it('of reviews are told of, the nearest first, however many that were opened before wait longer', async () => {
    const reviews = createReviews(database.database, tenant);
    const findings = { now: { ratingId: '1-aa', exposure: 100, limit: 0 }, before: null, changes: [] } as never;
    const open = (reviewId: string, days: number) => {
      const dueAt = new Date(Date.parse(now) + days * 86_400_000).toISOString();
      return reviews.open(
        openReview({ reviewId, customerId: reviewId, because: ['date'], findings, dueAt }, authority, now),
      );
    };
    await open('r-far', 90);
    // Due long ago, and handed up: they have time again.
    await sql`insert into customer_reviews (tenant, review_id, customer_id, state, queue, due_at, opened_at, revision, body)
      select tenant, review_id || n, customer_id || n, state, queue, ${now}::timestamptz, opened_at, revision,
        body || jsonb_build_object('reviewId', review_id || n, 'customerId', customer_id || n)
      from customer_reviews, generate_series(1, 1000) n where tenant = ${tenant}`.execute(database.database.db);
    await settledLoop();
    expect(await everything()).toBe(0);
    later(1);
    await open('r-near', 1);
    await expect.poll(() => inbox('credit-officer')).toEqual(['review due-soon credit-officer']);
  });

  it('send no e-mail that waits still of what is settled, and stand again where it is somebody’s turn again', async () => {
    const disputes = createDisputes(database.database, tenant);
    await alerts.close();
    const about = { kind: 'rating', ratingId: '1-aa' } as const;
    const given = { disputeId: 'd-2', customerId: 'c-1', about, claim: 'no', openedBy: 'crm', jurisdiction: 'CN' };
    const dispute = openDispute(given, loadDisputeDeadlines(null).laws['CN']!, now);
    await disputes.open(dispute);
    later(16 * 24);
    const thing = waitingDispute(dispute);
    const alert = deadlineAlert(thing, now)!;
    const told = createDeadlineAlerts(database.database, tenant, () => [{ actor: 'li', mailAt: now }]);
    const mails = async () => {
      const found = await sql`select from alert_mails where tenant = ${tenant}`.execute(database.database.db);
      return found.rows.length;
    };
    const looked = [{ kind: 'dispute', id: 'd-2' }] as const;
    for (let i = 0; i < 2; i++) await told.settle([alert], looked, now);
    expect([await inbox('credit-officer'), await mails()]).toEqual([['dispute due-soon credit-officer'], 1]);
    await told.settle([], looked, now);
    expect([await inbox('credit-officer'), await mails()]).toEqual([[], 0]);
    await told.settle([alert], looked, now);
    expect([await inbox('credit-officer'), await mails()]).toEqual([['dispute due-soon credit-officer'], 0]);
    const handling = loadWarningHandling(null);
    expect(alertText(alert, handling, 'en')).toMatchObject({
      subject: '[Warning] Due soon: it waits for you: A dispute of a customer',
    });
    expect(alertText(alert, handling, 'zh-CN').text).toContain('客户异议');
    expect(JSON.stringify(alertText(alert, handling, 'en'))).not.toContain('c-1');
  });
});
