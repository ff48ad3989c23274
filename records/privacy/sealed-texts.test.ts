import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { defaultAuthority, loadWarningHandling, openCase, openDispute, raiseWarning } from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createCases } from '../cases/index.ts';
import type { Database } from '../database/index.ts';
import { createDisputes } from '../disputes/index.ts';
import { pseudonymsUnder } from '../ratings/index.ts';
import { createReviews } from '../reviews/index.ts';
import { createWarnings } from '../warnings/index.ts';
import { createVault, openMasterKeys, rotateMasterKeys, withFreeTexts, type Vault } from './index.ts';

const at = instant('2026-05-01');
const SAID = 'Planted words: knows the family Zhao';
const CUSTOMER = 'c-1';
const by = { actor: 'li', roles: ['credit-officer'] } as const;

let server: TestDatabase;
let folder: string;
let tenant: Tenant;
let runs = 0;
let vault: Vault;
let database: Database;
beforeAll(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'probity-texts-'));
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const keyFile = () => join(folder, `${tenant}.json`);
async function openVault(): Promise<void> {
  const pseudonyms = pseudonymsUnder(new Uint8Array(32));
  vault = createVault(server.database, tenant, await openMasterKeys(keyFile()), pseudonyms);
  database = withFreeTexts(server.database, vault);
}
beforeEach(async () => {
  tenant = `texts-${runs++}` as Tenant;
  await openVault();
});

/** One of each kind, with what people wrote of it. */
async function write(): Promise<void> {
  const rating = { ratingId: '1-a', customerId: CUSTOMER, exposure: 5, causes: ['A'], requestedBy: 'crm' };
  const opened = openCase({ caseId: 'case', ...rating }, defaultAuthority(), at);
  const cases = createCases(database, tenant);
  await cases.open(opened);
  const opinion = { verdict: 'approve', actor: 'li', reason: SAID, at } as const;
  await cases.save(
    { ...opened, opinions: [opinion], documentsAwaited: [SAID] },
    1,
    { kind: 'decide', ...by, verdict: 'approve', reason: SAID },
    at,
  );
  const disputes = createDisputes(database, tenant);
  const disputed = openDispute(
    {
      disputeId: 'dispute',
      customerId: CUSTOMER,
      about: { kind: 'rating', ratingId: '1-a' },
      claim: SAID,
      openedBy: 'crm',
      jurisdiction: 'EU',
    },
    { days: 30, remindDaysBefore: 7 },
    at,
  );
  await disputes.open(disputed);
  await disputes.save(
    { ...disputed, state: 'withdrawn', reason: SAID, closedAt: at },
    1,
    { kind: 'withdraw', ...by, reason: SAID },
    at,
  );
  const warnings = createWarnings(database, tenant);
  const sighting = { ratingId: '1-a', level: 'warning', exposure: null, pd: 0.09, grade: 'C1', at } as const;
  const raised = raiseWarning(
    { warningId: 'warning', customerId: CUSTOMER, segment: null, code: 'PD_HIGH', sighting },
    loadWarningHandling(null),
    at,
  );
  await warnings.raise(raised);
  await warnings.save(raised, 1, { kind: 'snooze', ...by, until: at, reason: SAID }, at);
  const reviews = createReviews(database, tenant);
  const review = {
    reviewId: 'review',
    customerId: CUSTOMER,
    state: 'open',
    queue: 'officer',
    dueAt: at,
    openedAt: at,
    closedAt: null,
    documentsAwaited: [],
    signOffs: [{ reason: SAID }],
    asked: { actor: 'li', reason: SAID },
  } as never;
  await reviews.open(review);
  await reviews.save(review, 1, { kind: 'cancel', ...by, reason: SAID }, at);
}

const TABLES = [
  'referral_cases',
  'referral_case_events',
  'disputes',
  'dispute_events',
  'early_warnings',
  'early_warning_events',
  'customer_reviews',
  'customer_review_events',
] as const;

/** How many rows of the tables hold a text as it lies there. */
async function rowsHolding(text: string): Promise<number> {
  let count = 0;
  for (const table of TABLES) {
    const { rows } = await sql<{
      n: number;
    }>`select count(*) as n from ${sql.id(table)} t where t.tenant = ${tenant} and t::text like ${`%${text}%`}`.execute(
      server.database.db,
    );
    count += rows[0]?.n ?? 0;
  }
  return count;
}

const read = async (from: Database) => ({
  cases: [await createCases(from, tenant).find('case'), await createCases(from, tenant).events('case')],
  disputes: [await createDisputes(from, tenant).of(CUSTOMER), await createDisputes(from, tenant).events('dispute')],
  warnings: [await createWarnings(from, tenant).events('warning')],
  reviews: [
    await createReviews(from, tenant).page({ customerId: CUSTOMER, limit: 9 }),
    await createReviews(from, tenant).events('review'),
  ],
});
const times = (text: string, within: unknown): number => JSON.stringify(within).split(text).length - 1;

it('what people write of cases, disputes, warnings and reviews lies sealed, and is read as it was written', async () => {
  await write();
  expect(await rowsHolding('Planted')).toBe(0);
  expect(await rowsHolding('sealed:1:')).toBe(TABLES.length - 1);
  const told = await read(database);
  expect(Object.entries(told).map(([kind, all]) => [kind, times(SAID, all)])).toEqual([
    ['cases', 3],
    ['disputes', 3],
    ['warnings', 1],
    ['reviews', 3],
  ]);
  expect(times('sealed:1:', told)).toBe(0);
  expect(times('Planted', await read(server.database))).toBe(0);
});

it('on the way into the audit chain an event is told as it lies: sealed, and the same each time', async () => {
  await write();
  const asked = async () => createDisputes(database, tenant).auditable('dispute');
  const [first, second] = [(await asked()).at(-1), (await asked()).at(-1)];
  expect(first?.event).toMatchObject({ kind: 'withdraw', reason: SAID });
  expect(first?.recorded).toMatchObject({ kind: 'withdraw', reason: expect.stringMatching(/^sealed:1:/) as unknown });
  expect(first?.recorded).toEqual(second?.recorded);
});

it('texts of before are read as they were written, beside those that came since', async () => {
  database = server.database;
  await write();
  expect(await rowsHolding(SAID)).toBeGreaterThan(0);
  const plain = await read(server.database);
  await openVault();
  expect(await read(database)).toEqual(plain);
  const disputes = createDisputes(database, tenant);
  const [before] = await disputes.of(CUSTOMER);
  await disputes.save(before!.dispute, 2, { kind: 'withdraw', ...by, reason: `${SAID} again` }, at);
  expect((await disputes.events('dispute')).map(({ event }) => ('reason' in event ? event.reason : null))).toEqual([
    null,
    SAID,
    `${SAID} again`,
  ]);
  expect(await rowsHolding(`${SAID} again`)).toBe(0);
});

it('once the key of the customer is destroyed nothing opens them, wherever copies lie, and nothing new is written', async () => {
  await write();
  const { rows: copies } = await sql<{
    event: unknown;
  }>`select event from dispute_events where tenant = ${tenant} and revision = 1`.execute(server.database.db);
  await vault.erase(CUSTOMER, { actor: 'dpo', ground: 'request' });
  expect(times(SAID, await read(database))).toBe(0);
  expect(times('(erased)', await read(database))).toBe(10);
  const [sealed = ''] = JSON.stringify(copies).match(/sealed:1:[^"]+/) ?? [];
  expect([...(await vault.openTexts([sealed]))]).toEqual([]);
  const [standing] = await createDisputes(database, tenant).of(CUSTOMER);
  await createDisputes(database, tenant).save(standing!.dispute, 9, { kind: 'withdraw', ...by, reason: SAID }, at);
  expect(await createDisputes(database, tenant).events('dispute')).toHaveLength(2);
});

it('new master keys open them, and the text of one customer does not open as another one’s', async () => {
  await write();
  const masterKeys = await rotateMasterKeys(keyFile());
  await createVault(server.database, tenant, masterKeys, pseudonymsUnder(new Uint8Array(32))).rotate();
  await openVault();
  expect(times(SAID, await read(database))).toBe(10);
  const [mine, others] = [await vault.textSealer(CUSTOMER), await vault.textSealer('c-2')];
  const [, , , bytes = ''] = mine('a').split(':');
  const [kind, version, keyId] = others('b').split(':');
  const moved = [kind, version, keyId, bytes].join(':');
  expect([...(await vault.openTexts([moved, mine('c')])).values()]).toEqual([null, 'c']);
});

it('a text that does not open costs itself alone: the rest of the page is read, and it is told by its code', async () => {
  await write();
  const broken = vi.fn<(code: string, texts: number) => void>();
  const telling = withFreeTexts(server.database, vault, broken);
  await sql`update referral_cases set body = jsonb_set(body, '{opinions,0,reason}',
    to_jsonb(left(body #>> '{opinions,0,reason}', -1) || case when right(body #>> '{opinions,0,reason}', 1) = 'A' then 'Q' else 'A' end))
    where tenant = ${tenant}`.execute(server.database.db);
  const [found] = await createCases(telling, tenant).ofCustomer(CUSTOMER);
  expect(found?.case.opinions[0]?.reason).toBe('(unreadable)');
  expect(found?.case.documentsAwaited).toEqual([SAID]);
  expect(broken.mock.calls).toEqual([['SEAL_BROKEN', 1]]);
});

it('a sealed text of one customer, written to a case that names none, is not opened there', async () => {
  const stolen = (await vault.textSealer('c-2'))(SAID);
  const cases = createCases(database, tenant);
  const opened = openCase(
    { caseId: 'case', ratingId: '1-a', customerId: null, exposure: 5, causes: ['A'], requestedBy: 'crm' },
    defaultAuthority(),
    at,
  );
  await cases.open(opened);
  const withdraw = { kind: 'withdraw', ...by, reason: stolen } as const;
  await cases.save({ ...opened, documentsAwaited: [stolen, SAID] }, 1, withdraw, at);
  const told = [await cases.find('case'), await cases.events('case')];
  expect([times(SAID, told), times('(unreadable)', told), times('sealed:', told)]).toEqual([1, 2, 0]);
});

it('a customer id, an assignee or an entry that looks like a sealed text stays what it is, and stops no page', async () => {
  const [, , keyId = ''] = (await vault.textSealer('c-2'))('b').split(':');
  const lookalikes = ['-'.repeat(36), 'a'.repeat(36), '00000000-0000-4000-8000-000000000000', keyId].map(
    (key) => `sealed:1:${key}:${'A'.repeat(38)}`,
  );
  const cases = createCases(database, tenant);
  const reason = { verdict: 'approve', actor: 'li', reason: SAID, at } as const;
  for (const [i, customerId] of lookalikes.entries()) {
    const rating = { ratingId: `${i}-a`, customerId, exposure: 5, causes: ['A'], requestedBy: 'crm' };
    const opened = openCase({ caseId: `case-${i}`, ...rating }, defaultAuthority(), at);
    await cases.openAll([opened]);
    const taken = { ...opened, assignee: customerId, opinions: [reason] };
    await cases.save(taken, 1, { kind: 'claim', ...by, actor: customerId }, at);
    const entryId = customerId;
    const about = { kind: 'entry', entryKind: 'note', entryId } as never;
    const dispute = {
      disputeId: `d-${i}`,
      customerId,
      about,
      claim: SAID,
      openedBy: 'crm',
      jurisdiction: 'EU',
    } as const;
    await createDisputes(database, tenant).open(openDispute(dispute, { days: 30, remindDaysBefore: 7 }, at));
    expect((await createDisputes(database, tenant).of(customerId))[0]?.dispute).toMatchObject({ about, claim: SAID });
  }
  const ids = (found: readonly { customerId: string | null; assignee: string | null }[]) =>
    found.flatMap(({ customerId, assignee }) => [customerId ?? '', assignee ?? '']).toSorted();
  const all = lookalikes.flatMap((id) => [id, id]).toSorted();
  expect(ids(await cases.waiting())).toEqual(all);
  expect(ids(await cases.unfollowed(9))).toEqual(all);
  expect(ids((await cases.page({ limit: 9 })).map((each) => each.case))).toEqual(all);
  expect(await cases.unaudited(9)).toHaveLength(4);
  expect((await cases.waiting()).map(({ opinions }) => opinions[0]?.reason)).toEqual(lookalikes.map(() => SAID));
  // In a field of a person's text, one that no key could ever have made stays a text.
  const text = lookalikes[0]!;
  expect(await database.texts!.open({ reason: text })).toEqual({ reason: text });
});
