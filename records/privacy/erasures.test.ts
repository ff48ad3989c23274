import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { instant, systemClock, type Tenant } from '../../base/index.ts';
import {
  openCase,
  openDispute,
  defaultAuthority,
  loadWarningHandling,
  raiseWarning,
  type CaseOutcome,
} from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAgreements } from '../agreements/index.ts';
import { createAppender, erasures as erasuresOfChain, storedRecords, storedHead, verifyChain } from '../audit/index.ts';
import { createCases } from '../cases/index.ts';
import { openPseudonymKey } from '../checkpoints/index.ts';
import { createCreditFiles, createReportLinks } from '../credit-file/index.ts';
import { createFacts } from '../facts/index.ts';
import { createLegalHolds } from '../retention/index.ts';
import { createDisputes } from '../disputes/index.ts';
import { createReviews } from '../reviews/index.ts';
import { createSignals } from '../signals/index.ts';
import { createWarnings } from '../warnings/index.ts';
import { createRatings, pseudonymsUnder } from '../ratings/index.ts';
import {
  applyErasures,
  createDataAccesses,
  createErasures,
  createLegalBases,
  createVault,
  ERASED_WITH,
  erasuresFile,
  HOLDINGS,
  openErasuresFile,
  openMasterKeys,
} from './index.ts';

let server: TestDatabase;
let folder: string;
let tenant: Tenant;
let runs = 0;
beforeAll(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'probity-erasures-'));
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  tenant = `tenant-${runs++}` as Tenant;
});

const CUSTOMER = 'planted-customer-7301';
const by = { actor: 'key:dpo', ground: 'request', reason: 'ticket 12' } as const;

async function world() {
  const { database } = server;
  const places = { audit: join(folder, tenant, 'audit'), keys: join(folder, tenant, 'keys') };
  const pseudonymKey = await openPseudonymKey(places.keys);
  const pseudonyms = pseudonymsUnder(pseudonymKey);
  const appender = createAppender(database, tenant);
  const vault = createVault(database, tenant, await openMasterKeys(join(places.keys, 'master-keys.json')), pseudonyms);
  return {
    places,
    pseudonymKey,
    pseudonyms,
    appender,
    vault,
    ratings: createRatings(database, tenant, appender, pseudonyms),
    erasures: createErasures({ database, tenant, appender, pseudonymKey, audit: places.audit }),
  };
}

/** Puts a customer into every table that may name one. */
async function plant(customerId: string): Promise<void> {
  const { database } = server;
  const { vault, ratings } = await world();
  const at = instant('2026-05-01');
  const facts = createFacts(database, tenant);
  const fact = { happenedAt: at, source: 'crm', ordered: false } as const;
  await facts.append([
    { ...fact, table: 'parties', values: { party_id: customerId, kind: 'person' }, idempotencyKey: `k-${customerId}` },
    {
      ...fact,
      table: 'party_relations',
      values: { party_id: 'other', related_party_id: customerId, relation: 'group' },
      idempotencyKey: null,
    },
  ]);
  const files = createCreditFiles(database, tenant, vault);
  const entry = { customerId, actor: 'li', happenedAt: at };
  await files.put({ ...entry, kind: 'note', body: { text: 'pays late' } });
  await createDataAccesses(database, tenant).record(customerId, { actor: 'li', purpose: `${customerId}?`, what: 'x' });
  const basis = {
    source: 'erp',
    purpose: 'credit-rating',
    basis: 'consent',
    from: at,
    until: null,
    actor: 'x',
  } as const;
  await createLegalBases(database, tenant).record({ ...basis, subject: customerId });
  await createReportLinks(database, tenant, new Uint8Array(32), systemClock).create({
    customerId,
    audience: 'partner',
    language: 'en',
    expiresAt: instant(new Date(Date.now() + 86_400_000)),
    createdBy: 'li',
  });
  const once = { key: `rate-${customerId}`, fingerprint: 'aa'.repeat(32) };
  const { ratingId } = await ratings.record({ customerId, evidence: `{"of":"${customerId}"}`, once });
  const cases = createCases(database, tenant);
  const opened = openCase(
    { caseId: ratingId, ratingId, customerId, exposure: 5, causes: ['A'], requestedBy: 'crm' },
    defaultAuthority(),
    at,
  );
  await cases.open(opened);
  const actor = { actor: 'li', roles: ['credit-officer'] } as const;
  const conditions = [{ code: 'GUARANTEE', text: { en: 'a', 'zh-CN': '甲' }, note: `by ${customerId}` }];
  const outcome = { amountMinor: 5, conditions, reasons: [] } as unknown as CaseOutcome;
  const event = { kind: 'decide', ...actor, verdict: 'condition', reason: `knows ${customerId}`, outcome } as const;
  const opinion = { verdict: 'condition', actor: 'li', reason: `knows ${customerId}`, at, outcome } as const;
  await cases.save({ ...opened, opinions: [opinion], outcome }, 1, event, at);
  await createAgreements(database, tenant).agree({
    agreementId: `a-${ratingId}`,
    customerId,
    ratingId,
    state: 'open',
    due: '2026-06-01',
    agreedBy: 'li',
    agreedAt: at,
    closedAt: null,
  } as never);
  const sighting = { ratingId, level: 'warning', exposure: null, pd: 0.09, grade: 'C1', at } as const;
  const raised = { warningId: `w-${ratingId}`, customerId, segment: null, code: 'PD_HIGH', sighting };
  await createLegalHolds(database, tenant).place({ customerId, reason: `asked by ${customerId}`, actor: 'li' });
  const disputes = createDisputes(database, tenant);
  const disputed = openDispute(
    {
      disputeId: `d-${ratingId}`,
      customerId,
      about: { kind: 'fact', table: 'parties', key: { party_id: customerId } },
      claim: `${customerId} is no debtor`,
      openedBy: 'crm',
      jurisdiction: 'EU',
    },
    { days: 30, remindDaysBefore: 7 },
    at,
  );
  await disputes.open(disputed);
  const correction = { table: 'parties', values: { party_id: customerId }, happenedAt: at };
  const upheld = { ...disputed, state: 'upheld', reason: `of ${customerId}`, correction, closedAt: at } as const;
  await disputes.save(upheld, 1, { kind: 'decide', ...actor, ending: 'upheld', reason: customerId, correction }, at);
  const warnings = createWarnings(database, tenant);
  const warned = raiseWarning(raised, loadWarningHandling(null), at);
  await warnings.raise(warned);
  await warnings.save(warned, 1, { kind: 'assign', ...actor, owner: customerId }, at);
  await createSignals(database, tenant).keep({
    asOf: at,
    looked: [customerId],
    seen: [
      {
        customerId,
        code: 'BUST_OUT',
        body: {
          look: 'look-1',
          at,
          level: 'critical',
          segment: null,
          exposure: null,
          pd: null,
          grade: null,
          evidence: {
            asOf: at,
            snapshotId: 's',
            rules: 'r',
            rows: [],
            values: {},
            facts: [],
            others: null,
            proposal: null,
          },
        },
      },
    ],
    members: [
      { subject: customerId, kind: 'identity', memberId: 'somebody', exposure: null },
      { subject: 'somebody', kind: 'group', memberId: customerId, exposure: null },
    ],
  });
  // A customer of the same ring, whose warning goes by this one.
  const ring = JSON.stringify({ circle: { kind: 'identity', subject: customerId } });
  await sql`insert into signal_triggers values (${tenant}, ${`friend of ${ratingId}`}, 'IDENTITY_SHARED', true, now(), 0, 'w', true, ${ring})`.execute(
    database.db,
  );
  const findings = { now: {}, before: null, changes: [customerId], lapsedDocuments: [customerId] };
  const review = JSON.stringify({ customerId, findings, signOffs: [{ reason: customerId }] });
  await sql`insert into customer_reviews values (${tenant}, ${`v-${ratingId}`}, ${customerId}, 'open', 'officer', now(), now(), null, 1, true, null, ${review})`.execute(
    database.db,
  );
  await sql`insert into customer_review_events values (${tenant}, ${`v-${ratingId}`}, 1, 'cancel', 'li', ${JSON.stringify({ reason: customerId })}, now())`.execute(
    database.db,
  );
  await sql`insert into review_calendar values (${tenant}, ${customerId}, '{}', null, null, false, now(), now())`.execute(
    database.db,
  );
  await sql`insert into customer_notices values (${tenant}, ${`n-${ratingId}`}, ${customerId}, ${ratingId}, 'email', 'en', 'EU', 'decline',
    'sent', 1, 1, now(), null, now(), ${`sealed for ${customerId}`})`.execute(database.db);
  await sql`insert into customer_notice_events values (${tenant}, ${`n-${ratingId}`}, 1, 'replied', 'li', now(), null, ${`from ${customerId}`})`.execute(
    database.db,
  );
  const reportId = `r-${customerId}`.slice(0, 9);
  await sql`insert into portfolio_reports (tenant, report_id, as_of, body) values (${tenant}, ${reportId}, now(), '{}') on conflict do nothing`.execute(
    database.db,
  );
  await sql`insert into alerts values (${tenant}, ${`a-${customerId}`}, 'warning', 'raised', ${`w-${ratingId}`}, 'watch', ${customerId}, 'person', 'li', '[]', '', '{}', now())`.execute(
    database.db,
  );
  await sql`insert into alert_reads values (${tenant}, ${`a-${customerId}`}, 'li', now())`.execute(database.db);
  await sql`insert into alert_mails values (${tenant}, ${`a-${customerId}`}, 'li', 'pending', 0, now(), now(), null, null)`.execute(
    database.db,
  );
  await sql`insert into customer_reports values (${tenant}, ${`c-${ratingId}`}, ${customerId}, now(), ${`sealed for ${customerId}`})`.execute(
    database.db,
  );
  await sql`insert into portfolio_report_names values (${tenant}, ${reportId}, 'losses', 0, ${customerId})`.execute(
    database.db,
  );
  await sql`insert into erasures (tenant, subject, actor, ground) values (${tenant}, ${`old-${customerId}`}, 'x', 'request')`.execute(
    database.db,
  );
}

/** The tables that hold a text anywhere, of the present tenant. */
async function holding(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const table of [...Object.keys(HOLDINGS), ...Object.keys(ERASED_WITH), 'chain_records']) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.id(table)} t
      where t.tenant = ${tenant} and (t::text like ${`%${text}%`}
        or t::text like ${`%${Buffer.from(text).toString('hex')}%`})`.execute(server.database.db);
    if ((rows[0]?.n ?? 0) > 0) found.push(table);
  }
  return found;
}

it('an erasure leaves a customer in no table, is on record, and the chain verifies', async () => {
  await plant(CUSTOMER);
  await plant('bystander');
  expect(await holding(CUSTOMER)).toEqual(
    [...Object.keys(HOLDINGS), ...Object.keys(ERASED_WITH)]
      .filter((name) => name !== 'improvement_agreement_states')
      .sort(byPlace),
  );
  const { erasures, pseudonyms, vault, places } = await world();
  const before = (await holding('bystander')).filter((name) => name !== 'erasures');
  const erased = await erasures.request(CUSTOMER, by);
  // An older row of the same database holds its own customer's id until it is applied.
  expect(await holding(CUSTOMER)).toEqual(['erasures']);
  await erasures.apply();
  expect(await holding(CUSTOMER)).toEqual([]);
  expect(await holding('bystander')).toEqual(before);
  expect(erased.steps.map(({ step }) => step)).toEqual(['records', 'chain']);
  expect(erased.steps[0]?.removed).toMatchObject({ facts: 2, referral_cases: 1, improvement_agreements: 1 });
  expect(erased.steps[1]?.removed).toEqual({ record_bodies: 1 });
  expect(await vault.isErased(CUSTOMER)).toBe(true);
  expect(await readFile(erasuresFile(places.audit), 'utf8')).not.toContain(CUSTOMER);
  expect((await erasures.unfinished()).includes(pseudonyms.of(CUSTOMER))).toBe(true);
  await erasures.complete([pseudonyms.of(CUSTOMER)]);
  expect((await erasures.of(CUSTOMER))?.completedAt).not.toBeNull();
  const { database } = server;
  const verifier = verifyChain(tenant, { erasures: await erasuresOfChain(database, tenant) });
  for await (const record of storedRecords(database, tenant)) expect(verifier.check(record)).toBeNull();
  expect(verifier.finish(await storedHead(database, tenant))).toBeNull();
});

it('what workflows bring after an erasure does not bring the customer back', async () => {
  await plant(CUSTOMER);
  const { database } = server;
  const stores = [
    createWarnings(database, tenant),
    createCases(database, tenant),
    createDisputes(database, tenant),
    createReviews(database, tenant),
  ] as const;
  const { rows: standing } = await sql<{ body: never }>`
    select body from early_warnings where tenant = ${tenant} and customer_id = ${CUSTOMER}
    union all select body from referral_cases where tenant = ${tenant} and customer_id = ${CUSTOMER}
    union all select body from disputes where tenant = ${tenant} and customer_id = ${CUSTOMER}
    union all select body || jsonb_build_object('reviewId', review_id, 'state', 'open', 'queue', 'officer', 'dueAt', due_at, 'closedAt', null)
      from customer_reviews where tenant = ${tenant} and customer_id = ${CUSTOMER}`.execute(database.db);
  expect(standing).toHaveLength(stores.length);
  const { erasures } = await world();
  await erasures.request(CUSTOMER, by);
  await erasures.apply();
  const late = { kind: 'cancel', actor: 'li', roles: [], reason: `of ${CUSTOMER}` } as never;
  for (const [i, store] of stores.entries()) await store.save(standing[i]!.body, 9, late, instant('2026-05-02'));
  expect(await holding(CUSTOMER)).toEqual([]);
});

it('asked for again it removes what came since, and changes nothing otherwise', async () => {
  const { erasures, ratings, pseudonyms } = await world();
  const first = await erasures.request(CUSTOMER, by);
  await erasures.complete(await erasures.unfinished());
  const again = await erasures.request(CUSTOMER, { ...by, reason: 'once more' });
  expect(again).toMatchObject({ requestedAt: first.requestedAt, reason: 'ticket 12' });
  expect(again.completedAt).not.toBeNull();
  await ratings.record({ customerId: CUSTOMER, evidence: '{}' });
  expect((await erasures.request(CUSTOMER, by)).completedAt).toBeNull();
  expect(await ratings.newestOf(CUSTOMER, 10)).toEqual([]);
  expect(await erasures.subjects()).toEqual([pseudonyms.of(CUSTOMER)]);
  await expect(erasures.request(CUSTOMER, { ...by, reason: `of ${CUSTOMER}` })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

it('a database of before forgets nothing that the file lists', async () => {
  const { erasures, places, pseudonyms } = await world();
  await erasures.request(CUSTOMER, by);
  const { db } = server.database;
  // As a backup from before the erasure would have it.
  await db.deleteFrom('erasures').where('tenant', '=', tenant).execute();
  await plant(CUSTOMER);
  const of = { database: server.database, tenant, appender: createAppender(server.database, tenant), ...places };
  expect(await applyErasures(of)).toBe(1);
  expect(await holding(CUSTOMER)).toEqual([]);
  expect((await (await world()).erasures.unfinished()).includes(pseudonyms.of(CUSTOMER))).toBe(true);
  expect(await applyErasures(of)).toBe(0);
  expect(await applyErasures({ ...of, again: true })).toBeGreaterThan(0);
});

it('the file takes no line that was not written there, and a part that a crash left for none', async () => {
  const { places, pseudonymKey, erasures } = await world();
  await erasures.request(CUSTOMER, by);
  const path = erasuresFile(places.audit);
  const file = openErasuresFile(path, tenant, pseudonymKey);
  const [line = ''] = (await readFile(path, 'utf8')).split('\n');
  await appendFile(path, line.slice(0, 40));
  expect(await file.read()).toHaveLength(1);
  await erasures.request('another', by);
  expect(await file.read()).toHaveLength(2);
  const forged = JSON.stringify({ ...(JSON.parse(line) as object), subject: 'ab'.repeat(16) });
  await appendFile(path, `${forged}\n`);
  await expect(file.read()).rejects.toMatchObject({ code: 'ERASURES_ALTERED' });
  await expect(openErasuresFile(path, 'x' as Tenant, pseudonymKey).read()).rejects.toMatchObject({
    code: 'ERASURES_ALTERED',
  });
});

function byPlace(a: string, b: string): number {
  const order = [...Object.keys(HOLDINGS), ...Object.keys(ERASED_WITH), 'chain_records'];
  return order.indexOf(a) - order.indexOf(b);
}
