import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, ProbityError, systemClock, type Tenant } from '../../base/index.ts';
import { applyDisputeEvent, loadDisputeDeadlines, type Dispute, type RightFacts } from '../../rating/index.ts';
import { createAppender, storedRecords } from '../../records/audit/index.ts';
import { createCreditFiles } from '../../records/credit-file/index.ts';
import { createDisputes } from '../../records/disputes/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createVault, openMasterKeys, type MasterKeys } from '../../records/privacy/index.ts';
import { pseudonymsUnder } from '../../records/ratings/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { EntryCorrection } from '../disputes/desk.ts';
import { composeDisputes } from './disputes.ts';

const tenant = 'acme' as Tenant;
const by = { actor: 'user:li', roles: ['credit-officer'], reason: 'the bank says so' } as const;

describe('the desk of disputes', () => {
  let server: TestDatabase;
  let folder: string;
  let masterKeys: MasterKeys;
  beforeAll(async () => {
    server = await startTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'probity-disputes-'));
    masterKeys = await openMasterKeys(join(folder, 'keys.json'));
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The desk over the real database; the law runs here in place of a workflow, which is tested on its own. */
  function desk() {
    const { database } = server;
    const disputes = createDisputes(database, tenant);
    const facts = createFacts(database, tenant);
    const appender = createAppender(database, tenant);
    const following = new Map<string, { state: Dispute; revision: number }>();
    const rated: string[] = [];
    /** Versions of disputed entries that stood when the customer was rated again, and facts that it was done with. */
    const [seen, said]: [number[], RightFacts[]] = [[], []];
    const pseudonyms = pseudonymsUnder(Buffer.alloc(32, 1));
    const files = createCreditFiles(database, tenant, createVault(database, tenant, masterKeys, pseudonyms));
    let failures = 1;
    const composed = composeDisputes({
      tenant,
      disputes,
      deadlines: loadDisputeDeadlines(null),
      acceptFacts: async (incoming) => (await facts.append(incoming)).map((fact) => ({ ...fact, differs: false })),
      files,
      appender,
      pseudonyms,
      workflows: {
        follow: async (opened) => void following.set(opened.disputeId, { state: opened, revision: 0 }),
        async act(disputeId, event) {
          const found = following.get(disputeId);
          if (!found) throw new ProbityError('WORKFLOW_NOT_FOUND', 'none');
          const at = systemClock.now();
          const state = applyDisputeEvent(at, found.state, event);
          following.set(disputeId, { state, revision: found.revision + 1 });
          await disputes.save(state, found.revision + 1, event, at);
          return state;
        },
      },
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      lookMs: 10,
    });
    composed.desk.rateBy(async (customerId, disputeId, right) => {
      // What is right is known before the rating is made; a first failure is tried again.
      const { about } = (await disputes.find(disputeId))!.dispute;
      if (about.kind === 'fact')
        expect((await facts.since(0, { entity: customerId })).at(-1)?.idempotencyKey).toBe(disputeId);
      if (failures-- > 0) throw new ProbityError('NOT_READY', 'no champion yet');
      rated.push(customerId);
      if (about.kind === 'entry')
        seen.push((await files.history(customerId, 'document', about.entryId)).at(-1)!.version);
      if (right) said.push(right);
      return '7-abc';
    });
    return { ...composed, facts, files, following, rated, seen, said };
  }

  it('records the correction of an upheld dispute beside what was known, rates again, once, and all of it is in the chain', async () => {
    const running = desk();
    const { desk: the, facts, following, rated } = running;
    const row = { party_id: 'c-1', kind: 'company' } as const;
    const before = { table: 'parties', values: row, happenedAt: instant('2026-01-01'), source: 'erp' };
    await facts.append([{ ...before, idempotencyKey: null }]);
    running.start();
    const about = { kind: 'fact', table: 'parties', key: { party_id: 'c-1' } } as const;
    const { receipt, ...opened } = await the.open({
      customerId: 'c-1',
      about,
      claim: 'I am a person',
      openedBy: 'key:crm',
    });
    await expect.poll(() => following.has(opened.disputeId)).toBe(true);
    expect(receipt).toMatchObject({ sequence: 1 });
    expect(await the.of('c-1')).toMatchObject([{ dispute: opened, settled: false }]);
    const correction = { table: 'parties', values: { ...row, kind: 'person' }, happenedAt: '2026-01-01T00:00:00.000Z' };
    await expect(the.act('c-2', opened.disputeId, { kind: 'withdraw', ...by })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await the.act('c-1', opened.disputeId, { kind: 'decide', ...by, ending: 'upheld', correction, entry: null });
    await expect
      .poll(async () => (await the.of('c-1'))[0], { timeout: 5_000 })
      .toMatchObject({
        dispute: { state: 'upheld' },
        settled: true,
        ratingId: '7-abc',
      });
    expect(rated).toEqual(['c-1']);
    const known = await facts.since(0, { entity: 'c-1' });
    expect(known.map(({ values, source }) => [values['kind'], source])).toEqual([
      ['company', 'erp'],
      ['person', 'dispute'],
    ]);
    expect(known[1]!.knownFrom >= opened.openedAt).toBe(true);
    await expect(the.act('c-1', opened.disputeId, { kind: 'withdraw', ...by })).rejects.toMatchObject({
      code: 'DISPUTE_CLOSED',
    });
    await running.close();
    const bodies: string[] = [];
    for await (const { kind, body } of storedRecords(server.database, tenant))
      if (kind === 'dispute') bodies.push(Buffer.from(body?.bytes ?? []).toString());
    expect(bodies.map((text) => (JSON.parse(text) as { event: { kind: string } }).event.kind)).toEqual([
      'open',
      'decide',
    ]);
  });

  it('upholds a dispute about an entry of the file with the version that corrects it, which stands before the customer is rated again', async () => {
    const running = desk();
    const { desk: the, files, seen } = running;
    running.start();
    const place = { customerId: 'c-5', kind: 'document', entryId: 'passport' } as const;
    const body = { kind: 'passport', issuedOn: '2020-01-01', expiresOn: '2021-01-01' };
    const wrong = { ...place, happenedAt: instant('2020-01-01'), actor: 'key:crm', body };
    await files.put(wrong);
    const about = { kind: 'entry', entryKind: 'document', entryId: 'passport' } as const;
    const open = () => the.open({ customerId: 'c-5', about, claim: 'it is valid', openedBy: 'key:crm' });
    const uphold = (disputeId: string, entry: EntryCorrection | null, more: object = {}) =>
      the.act('c-5', disputeId, { kind: 'decide', ...by, ending: 'upheld', correction: null, entry, ...more });
    const versions = async () => (await files.history('c-5', 'document', 'passport')).length;
    const right = { kind: 'body', body: { ...body, expiresOn: '2030-01-01' }, happenedAt: null } as const;
    const { disputeId: first } = await open();
    // Upheld without what is right, by what was known before, by what it says already, or by who may not decide: refused, and the file is as it was.
    const refusals = [
      uphold(first, null),
      uphold(first, { kind: 'version', version: 1 }),
      uphold(first, { kind: 'version', version: 9 }),
      uphold(first, { kind: 'body', body, happenedAt: null }),
      uphold(first, { kind: 'body', body: { ...body, expiresOn: 'never' }, happenedAt: null }),
      uphold(first, right, { actor: 'key:crm' }),
      uphold(first, right, { ending: 'rejected' }),
    ];
    expect((await Promise.allSettled(refusals)).map(({ status }) => status)).toEqual(refusals.map(() => 'rejected'));
    expect(await versions()).toBe(1);
    expect(await uphold(first, right)).toMatchObject({ state: 'upheld', entry: { version: 2, removed: false } });
    const [, corrected] = await files.history('c-5', 'document', 'passport');
    expect(corrected).toMatchObject({ actor: 'user:li', body: { expiresOn: '2030-01-01' }, knownUntil: null });
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual([2]);
    // A version that was put there since corrects as well; and where there is no such thing, it goes.
    const { disputeId: second } = await open();
    await files.put({ ...wrong, body: { ...body, expiresOn: '2031-01-01' } });
    expect(await uphold(second, { kind: 'version', version: 3 })).toMatchObject({ entry: { version: 3 } });
    const { disputeId: third } = await open();
    expect(await uphold(third, { kind: 'removed' })).toMatchObject({ entry: { version: 4, removed: true } });
    expect(await files.of('c-5')).toEqual([]);
    await expect.poll(() => seen.length, { timeout: 5_000 }).toBe(3);
    await running.close();
  });

  it('upholds a dispute about a rating with what is right of the facts that it was asked with', async () => {
    const running = desk();
    running.start();
    const about = { kind: 'rating', ratingId: '7-abc' } as const;
    const { disputeId } = await running.desk.open({ customerId: 'c-6', about, claim: 'not me', openedBy: 'key:crm' });
    const decide = { kind: 'decide', ...by, ending: 'upheld', correction: null, entry: null } as const;
    const upheld = await running.desk.act('c-6', disputeId, { ...decide, facts: { sanctionsHit: false } });
    expect(upheld).toMatchObject({ state: 'upheld', facts: { sanctionsHit: false } });
    await expect.poll(() => running.said, { timeout: 5_000 }).toEqual([{ sanctionsHit: false }]);
    await running.close();
  });

  it('opens one dispute of an id that is asked for again, many times at once too, and refuses another under it', async () => {
    const { desk: the } = desk();
    const about = { kind: 'fact', table: 'parties', key: { party_id: 'c-7' } } as const;
    const disputeId = '01890000-0000-8000-8000-000000000007';
    const given = { customerId: 'c-7', about, claim: 'I moved', openedBy: 'key:crm', disputeId };
    const opened = await Promise.all(Array.from({ length: 5 }, () => the.open(given)));
    for (const each of opened) expect(each).toEqual(opened[0]);
    expect(await the.open({ ...given, openedBy: 'key:erp' })).toEqual(opened[0]);
    expect(await the.of('c-7')).toHaveLength(1);
    await expect(the.open({ ...given, claim: 'I did not' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    await expect(the.open({ ...given, customerId: 'c-8' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('wait page by page, the nearest deadline first', async () => {
    const { desk: the } = desk();
    for (const [i, jurisdiction] of ['US', 'EU', 'EU', 'US'].entries()) {
      const about = { kind: 'fact', table: 'parties', key: { party_id: `p-${i}` } } as const;
      await the.open({ customerId: 'c-9', about, claim: 'no', openedBy: 'key:crm', jurisdiction });
    }
    const all = await the.waiting({ limit: 100 });
    expect(all.length).toBeGreaterThanOrEqual(4);
    expect(all.map(({ deadline }) => deadline)).toEqual(all.map(({ deadline }) => deadline).toSorted());
    let paged: typeof all = [];
    for (let after = undefined as (typeof all)[number] | undefined; ; after = paged.at(-1)) {
      const page = await the.waiting({ limit: 1, after });
      if (page.length === 0) break;
      paged = [...paged, ...page];
    }
    expect(paged).toEqual(all);
  });

  it('refuses a law that it has no deadline for', async () => {
    const about = { kind: 'rating', ratingId: '7-abc' } as const;
    const given = { customerId: 'c-3', about, claim: 'no', openedBy: 'key:crm', jurisdiction: 'XX' };
    await expect(desk().desk.open(given)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
