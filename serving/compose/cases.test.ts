import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson, ProbityError, type Tenant } from '../../base/index.ts';
import { applyCaseEvent, defaultAuthority, type CaseEvent, type ReferralCase } from '../../rating/index.ts';
import { createAppender, storedRecords } from '../../records/audit/index.ts';
import { createCases } from '../../records/cases/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { createRatings, pseudonymsUnder } from '../../records/ratings/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { composeCases, type RunningDesk } from './cases.ts';
import type { FollowedWorkflows } from './followed-desk.ts';

const authority = defaultAuthority();
const pseudonyms = pseudonymsUnder(Buffer.alloc(32, 7));
const officer = { actor: 'li', roles: ['credit-officer'] } as const;

let server: TestDatabase;
let tenant: Tenant;
let runs = 0;
let followed: string[];
let isTemporalDown: boolean;
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());
beforeEach(() => {
  tenant = `tenant-${runs++}` as Tenant;
  followed = [];
  isTemporalDown = false;
});

/** Workflows that follow at once, and store as the real ones do. */
function workflows(): FollowedWorkflows<ReferralCase, CaseEvent> {
  const cases = createCases(server.database, tenant);
  const reachable = () => {
    if (isTemporalDown) throw new ProbityError('SERVICE_UNAVAILABLE', 'down');
  };
  return {
    async follow(opened: ReferralCase) {
      reachable();
      followed.push(opened.caseId);
    },
    async act(caseId, event) {
      reachable();
      const stored = await cases.find(caseId);
      if (stored === null || !followed.includes(caseId)) throw new ProbityError('WORKFLOW_NOT_FOUND', 'none');
      const at = '2026-06-01T12:00:00.000Z';
      const after = applyCaseEvent(at, stored.case, event, authority);
      await cases.save(after, stored.revision + 1, event, at);
      return after;
    },
  };
}

async function begin(): Promise<RunningDesk> {
  const appender = createAppender(server.database, tenant);
  const logger = pino({ level: 'silent' });
  const { database } = server;
  const running = composeCases({
    tenant,
    database,
    appender,
    pseudonyms,
    authority,
    workflows: workflows(),
    logger,
    lookMs: 20,
  });
  await running.start();
  return running;
}

/** Records a rating as the server does, and dies before its case is stored. */
async function rated(
  outcome: 'refer' | 'approve',
  causes: readonly object[] = [],
  askers: object = { askedBy: 'key:shop' },
): Promise<string> {
  const ratings = createRatings(server.database, tenant, createAppender(server.database, tenant), pseudonyms);
  const evidence = canonicalJson({
    format: 'probity.evidence/1',
    engine: 'probity.decision/1',
    parts: {},
    inputs: {
      request: { customerId: 'c-1', ...askers },
      decision: { request: { amountMinor: 6_000_000, termDays: null, purpose: null } },
    },
    answer: {
      decision: {
        outcome,
        causes,
        currency: { code: 'CNY', minorDigits: 2 },
        limit: { existingMinor: 0, availableMinor: 0 },
      },
    },
  } as never);
  return (await ratings.record({ customerId: 'c-1', evidence })).ratingId;
}

describe('the desk of referred ratings', () => {
  it('opens what a process left unopened when it died, once, and nothing else', async () => {
    const refer = [{ code: 'DOCUMENTS', outcome: 'refer' }];
    const first = await rated('refer', refer);
    await rated('approve');
    // Another cause asked for a referral, and something worse decided: its bytes look like a referral.
    await rated('approve', refer);
    const last = await rated('refer', refer);
    for (let start = 0; start < 2; start++) {
      const running = await begin();
      const page = await running.desk.page({ limit: 10 });
      expect(page.map(({ case: { caseId } }) => caseId).toSorted()).toEqual([first, last].toSorted());
      expect(page[0]?.case).toMatchObject({ exposure: 60_000, causes: ['DOCUMENTS'], requestedBy: 'key:shop' });
      expect(page[0]?.case.queue).toBe('manager');
      await running.close();
    }
    // Who asked through the system is barred as who asked.
    const behalf = { askedBy: 'system:reviews', onBehalfOf: ['li'] };
    const reviewed = await rated('refer', refer, behalf);
    const sweeping = await begin();
    const found = (await sweeping.desk.find(reviewed)).case;
    expect(found).toMatchObject({ requestedBy: 'system:reviews', onBehalfOf: ['li'] });
    await sweeping.close();
    // The second start swept nothing anew; a later referral is found all the same.
    const later = await rated('refer', refer);
    const running = await begin();
    expect((await running.desk.find(later)).case.ratingId).toBe(later);
    await running.close();
  });

  it('gives each case its workflow and each event one place in the audit chain', async () => {
    const running = await begin();
    const opened = {
      caseId: '9-ab',
      ratingId: '9-ab',
      customerId: 'c-1',
      exposure: 5,
      causes: [],
      requestedBy: 'shop',
    };
    running.desk.refer(opened, '2026-06-01T10:00:00.000Z' as never);
    await running.desk.act('9-ab', { kind: 'claim', ...officer });
    await running.desk.act('9-ab', { kind: 'decide', ...officer, verdict: 'decline', reason: 'no accounts' });
    await expect(running.desk.act('9-ab', { kind: 'claim', ...officer })).rejects.toMatchObject({
      code: 'CASE_CLOSED',
    });
    await expect(running.desk.find('9-xy')).rejects.toMatchObject({ code: 'UNKNOWN_CASE' });
    const cases = createCases(server.database, tenant);
    await expect.poll(() => cases.unaudited(10)).toEqual([]);
    await expect.poll(() => cases.unfollowed(10)).toEqual([]);
    await running.close();
    const records = [];
    for await (const record of storedRecords(server.database, tenant)) records.push(record);
    expect(records.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['case', pseudonyms.of('c-1')],
      ['case', pseudonyms.of('c-1')],
    ]);
    const bodies = records.map(({ body }) => JSON.parse(Buffer.from(body?.bytes ?? []).toString()) as object);
    expect(bodies).toMatchObject([
      {
        format: 'probity.case/1',
        caseId: '9-ab',
        ratingId: '9-ab',
        revision: 1,
        event: { kind: 'claim', actor: 'li' },
      },
      { caseId: '9-ab', revision: 2, event: { kind: 'decide', verdict: 'decline', reason: 'no accounts' } },
    ]);
  });

  it('puts a verdict in force once, with the answer or, where the server died in between, by its loop', async () => {
    const outcome = {
      amountMinor: 1_000_000,
      limitMinor: 1_000_000,
      currency: { code: 'CNY', minorDigits: 2 },
      terms: null,
      conditions: [],
      reasons: [{ code: 'REVIEWED', text: { en: 'Reviewed.', 'zh-CN': '已审核。' } }],
      expiresAt: '2026-08-01T00:00:00.000Z',
      exposure: 10_000,
      together: 10_000,
      under: { policy: 'overrides@2', authority: 'authority@1' },
    };
    const manager = { actor: 'wang', roles: ['credit-manager'] } as const;
    const decide = { kind: 'decide', ...manager, verdict: 'approve', reason: 'seen', outcome } as const;
    const overrides = createOverrides(server.database, tenant, createAppender(server.database, tenant));
    const ids = [await rated('refer'), await rated('refer')];
    const running = await begin();
    const [answered = '', died = ''] = ids;
    await running.desk.act(answered, decide);
    expect(await overrides.of(answered)).toMatchObject({
      revision: 1,
      override: {
        from: 'refer',
        to: 'approve',
        amountMinor: 1_000_000,
        proposedBy: 'wang',
        verdict: { caseId: answered },
      },
    });
    const ofC1 = await running.desk.ofCustomer('c-1');
    expect(ofC1.map(({ caseId, state }) => [caseId, state])).toEqual([
      [answered, 'decided'],
      [died, 'open'],
    ]);
    await running.close();
    // The workflow stored the step; the server that asked for it was gone by then.
    const other = workflows();
    const cases = createCases(server.database, tenant);
    const waiting = await cases.find(died);
    await other.follow(waiting!.case);
    await other.act(died, decide);
    expect(await overrides.of(died)).toBeNull();
    const again = await begin();
    await expect.poll(() => cases.unaudited(10)).toEqual([]);
    for (const id of ids) expect(await overrides.steps(id)).toHaveLength(1);
    await again.close();
  });

  it('rates and keeps cases without Temporal, and says so to who acts', async () => {
    isTemporalDown = true;
    const running = await begin();
    const opened = { caseId: '7-cd', ratingId: '7-cd', customerId: null, exposure: null, causes: [], requestedBy: 'x' };
    running.desk.refer(opened, '2026-06-01T10:00:00.000Z' as never);
    await expect(running.desk.act('7-cd', { kind: 'claim', ...officer })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    await running.close();
    isTemporalDown = false;
    const again = await begin();
    await expect.poll(() => followed).toContain('7-cd');
    await again.close();
  });
});
