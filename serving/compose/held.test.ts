import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { afterNoticeEvent, loadWarningHandling, openDispute, raiseWarning } from '../../rating/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { createDisputes } from '../../records/disputes/index.ts';
import { createNotices } from '../../records/notices/index.ts';
import { createVault, EXPORT_PARTS, openMasterKeys } from '../../records/privacy/index.ts';
import { createRatings, pseudonymsUnder } from '../../records/ratings/index.ts';
import { createLegalHolds } from '../../records/retention/index.ts';
import { createSignals } from '../../records/signals/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { HeldData } from '../customers/privacy.ts';
import { customerExportSchema } from '../openapi/privacy-paths.ts';
import { composeHeld } from './held.ts';

const tenant = 'held' as Tenant;
const CUSTOMER = 'C-held';
const OTHER = 'C-somebody-else';
const at = instant('2026-05-01');
const MANY = 1_203;

let server: TestDatabase;
let folder: string;
let held: HeldData;

beforeAll(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'probity-held-'));
  const { database } = server;
  const pseudonyms = pseudonymsUnder(new Uint8Array(32));
  const appender = createAppender(database, tenant);
  const vault = createVault(database, tenant, await openMasterKeys(join(folder, 'master-keys.json')), pseudonyms);
  const ratings = createRatings(database, tenant, appender, pseudonyms);
  const { ratingId, receipt } = await ratings.record({ customerId: CUSTOMER, evidence: '{}' });
  const storage = { has: async () => false } as unknown as Storage;

  for (const customerId of [CUSTOMER, OTHER]) {
    const notices = createNotices(database, tenant, vault, afterNoticeEvent);
    const { noticeId } = await notices.issue({
      customerId,
      ratingId: `${ratingId} ${customerId}`,
      channel: 'postal',
      outcome: 'decline',
      dueOn: null,
      actor: 'li',
      at,
      content: () =>
        ({
          notice: { language: 'en', jurisdiction: 'EU' },
          letter: { text: `Dear ${customerId}` },
          to: 'Planted Street 7',
        }) as never,
    });
    await notices.act(noticeId, { kind: 'sent', actor: 'li', at });
    await notices.act(noticeId, { kind: 'replied', actor: 'li', at, text: `I am ${customerId} and I object` });
    const hold = await createLegalHolds(database, tenant).place({
      customerId,
      reason: `suit of ${customerId}`,
      actor: 'li',
    });
    await createLegalHolds(database, tenant).lift(hold.holdId, 'wang');
    const sighting = { ratingId, level: 'warning', exposure: null, pd: 0.09, grade: 'C1', at } as const;
    const raised = { warningId: `w-${customerId}`, customerId, segment: null, code: 'PD_HIGH', sighting };
    await createWarnings(database, tenant).raise(raiseWarning(raised, loadWarningHandling(null), at));
    const disputes = createDisputes(database, tenant);
    const disputed = openDispute(
      {
        disputeId: `d-${customerId}`,
        customerId,
        about: { kind: 'fact', table: 'parties', key: { party_id: customerId } },
        claim: 'no debtor',
        openedBy: 'crm',
        jurisdiction: 'EU',
      },
      { days: 30, remindDaysBefore: 7 },
      at,
    );
    await disputes.open(disputed);
    const closed = { ...disputed, state: 'rejected', closedAt: at } as const;
    const event = { kind: 'decide', actor: 'li', roles: [], ending: 'rejected', reason: `seen ${customerId}` } as never;
    await disputes.save(closed, 1, event, at);
    await sql`insert into alerts values (${tenant}, ${`a-${customerId}`}, 'warning', 'raised', ${`w-${customerId}`}, 'watch', ${customerId}, 'person', 'li', '[]', '', '{}', ${at})`.execute(
      database.db,
    );
    await sql`insert into alert_reads values (${tenant}, ${`a-${customerId}`}, 'li', ${at})`.execute(database.db);
    await sql`insert into alert_mails values (${tenant}, ${`a-${customerId}`}, 'wang', 'delivered', 1, ${at}, null, null, ${at})`.execute(
      database.db,
    );
    const body = {
      customerId,
      reviewId: `v-${customerId}`,
      openedAt: at,
      findings: { changes: [`found of ${customerId}`] },
      signOffs: [{ reason: `signed ${customerId}` }],
    };
    await sql`insert into customer_reviews values (${tenant}, ${body.reviewId}, ${customerId}, 'signed-off', 'officer', ${at}, ${at}, ${at}, 1, true, null, ${JSON.stringify(body)})`.execute(
      database.db,
    );
    await sql`insert into customer_review_events values (${tenant}, ${body.reviewId}, 1, 'sign-off', 'li', '{"reason": "as found"}', ${at})`.execute(
      database.db,
    );
    await sql`insert into review_calendar values (${tenant}, ${customerId}, ${JSON.stringify({ ratingId })}, null, null, false, ${at}, ${at})`.execute(
      database.db,
    );
    await sql`insert into portfolio_reports (tenant, report_id, as_of, body) values (${tenant}, 'report', ${at}, '{}') on conflict do nothing`.execute(
      database.db,
    );
    await sql`insert into portfolio_report_names values (${tenant}, 'report', 'losses', ${customerId === CUSTOMER ? 0 : 1}, ${customerId})`.execute(
      database.db,
    );
  }
  const circle = { kind: 'identity', subject: OTHER } as const;
  await createSignals(database, tenant).keep({
    asOf: at,
    looked: [CUSTOMER],
    seen: [{ customerId: CUSTOMER, code: 'BUST_OUT', body: { look: 'l', at, level: 'critical', circle } as never }],
    members: [],
  });
  // More warnings than a page holds, all closed, all opened at one instant.
  await sql`insert into early_warnings select (w).* from (
      select jsonb_populate_record(w, jsonb_build_object('warning_id', 'm-' || n, 'state', 'closed', 'closed_at', ${at}::text,
        'body', w.body || jsonb_build_object('warningId', 'm-' || n))) as w
      from early_warnings w, generate_series(1, ${MANY - 1}::int) n where w.tenant = ${tenant} and w.customer_id = ${CUSTOMER}) x`.execute(
    database.db,
  );
  await database.db.transaction().execute(async (trx) => {
    // A shadow without model and candidate: only what it said matters here.
    await sql`set local session_replication_role = replica`.execute(trx);
    await sql`insert into shadow_scores values (${tenant}, '01900000-0000-7000-8000-000000000000', ${receipt.sequence}, ${ratingId}, ${at}, 'm', 0.1, 0.2, -1.4, 'evidence', null)`.execute(
      trx,
    );
  });
  held = await composeHeld({ tenant, database, storage, appender, vault, pseudonyms })(CUSTOMER, [ratingId]);
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('the export shows what the customer was told and replied, opened', () => {
  expect(held.notices).toMatchObject([
    {
      content: { letter: { text: `Dear ${CUSTOMER}` }, to: 'Planted Street 7' },
      events: [{ kind: 'issued' }, { kind: 'sent' }, { kind: 'replied', text: `I am ${CUSTOMER} and I object` }],
    },
  ]);
});

it('it shows findings and sign-offs of reviews, alerts with who read them, holds, signals, lists and shadow scores', () => {
  expect(held.reviews).toMatchObject([
    {
      review: { findings: { changes: [`found of ${CUSTOMER}`] }, signOffs: [{ reason: `signed ${CUSTOMER}` }] },
      events: [{ event: { reason: 'as found' } }],
    },
  ]);
  expect(held.reviewCalendar).toMatchObject({ newest: { ratingId: expect.any(String) as unknown } });
  expect(held.alerts).toMatchObject([
    { alertId: `a-${CUSTOMER}`, readBy: [{ actor: 'li', at }], mailedTo: [{ actor: 'wang', state: 'delivered' }] },
  ]);
  expect(held.legalHolds).toMatchObject([{ reason: `suit of ${CUSTOMER}`, lifted: { actor: 'wang' } }]);
  expect(held.signals).toMatchObject([{ code: 'BUST_OUT', saw: { level: 'critical', sharedWith: 'identity' } }]);
  expect(held.portfolioReports).toEqual([{ reportId: 'report', list: 'losses' }]);
  expect(held.shadowScores).toMatchObject([{ pd: 0.2, decider: { pd: 0.1 }, skipped: null }]);
  expect(held.disputes).toMatchObject([{ events: [{ event: { kind: 'open' } }, { event: { kind: 'decide' } }] }]);
});

it('it cuts nothing off', () => {
  expect(new Set(held.warnings.map(({ warning }) => warning.warningId)).size).toBe(MANY);
});

it('it names no other customer', () => {
  expect(JSON.stringify(held)).not.toContain(OTHER);
});

it('its parts are those of which records say which tables they show', () => {
  const about = ['format', 'customerId', 'madeAt'];
  expect(
    Object.keys(customerExportSchema.shape)
      .filter((name) => !about.includes(name))
      .toSorted(),
  ).toEqual(EXPORT_PARTS.toSorted());
});
