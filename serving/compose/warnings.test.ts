import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson, ProbityError, type Tenant } from '../../base/index.ts';
import {
  applyWarningEvent,
  loadRuleFiles,
  loadWarningHandling,
  type EarlyWarning,
  type WarningEvent,
} from '../../rating/index.ts';
import { createAppender, storedRecords } from '../../records/audit/index.ts';
import { createChangeFeed } from '../../records/changes/index.ts';
import { createRatings, pseudonymsUnder } from '../../records/ratings/index.ts';
import { createSignals, type SeenTrigger } from '../../records/signals/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { FollowedWorkflows } from './followed-desk.ts';
import { composeWarnings, type RunningWarningDesk } from './warnings.ts';

const handling = loadWarningHandling(null);
const pseudonyms = pseudonymsUnder(Buffer.alloc(32, 7));
const officer = { actor: 'li', roles: ['credit-officer'] } as const;

let server: TestDatabase;
let tenant: Tenant;
let runs = 0;
let isTemporalDown: boolean;
let running: RunningWarningDesk;
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());
beforeEach(() => {
  tenant = `tenant-${runs++}` as Tenant;
  isTemporalDown = false;
});

/** Workflows that follow at once, and store as the real ones do. */
function workflows(): FollowedWorkflows<EarlyWarning, WarningEvent> {
  const warnings = createWarnings(server.database, tenant);
  const followed = new Set<string>();
  const reachable = () => {
    if (isTemporalDown) throw new ProbityError('SERVICE_UNAVAILABLE', 'down');
  };
  return {
    async follow({ warningId }) {
      reachable();
      followed.add(warningId);
    },
    async act(warningId: string, event: WarningEvent) {
      reachable();
      const stored = await warnings.find(warningId);
      if (stored === null || !followed.has(warningId)) throw new ProbityError('WORKFLOW_NOT_FOUND', 'none');
      const at = '2026-06-01T12:00:00.000Z';
      const after = applyWarningEvent(at, stored.warning, event, handling);
      if (after !== stored.warning) await warnings.save(after, stored.revision + 1, event, at);
      return after;
    },
  };
}

const appender = () => createAppender(server.database, tenant);
const ratings = () => createRatings(server.database, tenant, appender(), pseudonyms);

function begin(): void {
  running = composeWarnings({
    tenant,
    warnings: createWarnings(server.database, tenant),
    signals: createSignals(server.database, tenant),
    feed: createChangeFeed(server.database, tenant),
    records: { find: (ratingId) => ratings().find(ratingId), part: async () => loadRuleFiles(null) },
    appender: appender(),
    pseudonyms,
    handling,
    words: async () => ({ codes: {}, signals: {} }),
    workflows: workflows(),
    logger: pino({ level: 'silent' }),
    lookMs: 20,
  });
  running.start();
}

/** Records a decision now, with the warnings of these rows of the package's table. */
async function rated(customerId: string, warnings: readonly (readonly [code: string, row: string])[]): Promise<string> {
  const asOf = new Date().toISOString();
  const evidence = canonicalJson({
    format: 'probity.evidence/1',
    engine: 'probity.decision/1',
    parts: { rules: 'any' },
    inputs: {
      asOf,
      request: { customerId, askedBy: 'key:shop' },
      decision: { request: { amountMinor: null }, facts: { existingExposureMinor: 2_000_000, segment: null } },
    },
    answer: {
      pd: 0.09,
      score: 500,
      grade: 'C1',
      decision: {
        outcome: 'approve',
        pd: 0.1,
        score: 490,
        grade: 'C2',
        causes: [],
        warnings: warnings.map(([code, row]) => ({ code, row, table: 'warnings' })),
        limit: { totalMinor: 0, availableMinor: 0, existingMinor: 0 },
        terms: { days: 30, prepayment: 0, guaranteeNeeded: false },
        currency: { code: 'CNY', minorDigits: 2 },
        validUntil: asOf,
      },
    },
  });
  return (await ratings().record({ customerId, evidence })).ratingId;
}

const standing = async () => (await running.desk.page({ limit: 100, state: 'standing' })).map(({ warning }) => warning);

describe('the desk of early warnings', () => {
  it('raises what decisions warn of, with the level of its row and what is at stake, each once', async () => {
    begin();
    const first = await rated('c-1', [
      ['PD_HIGH', 'pd-high'],
      ['DATA_STALE', 'stale'],
    ]);
    await rated('c-1', [
      ['PD_HIGH', 'pd-high'],
      ['DATA_STALE', 'stale'],
    ]);
    await rated('c-2', [['PD_CRITICAL', 'pd-critical']]);
    await expect.poll(async () => (await standing()).length).toBe(3);
    expect(
      (await standing()).map(({ customerId, code, level, exposure, raisedBy }) => [
        customerId,
        code,
        level,
        exposure,
        raisedBy.grade,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['c-1', 'PD_HIGH', 'warning', 20_000, 'C2'],
        ['c-1', 'DATA_STALE', 'watch', 20_000, 'C2'],
        ['c-2', 'PD_CRITICAL', 'critical', 20_000, 'C2'],
      ]),
    );
    expect((await standing()).map(({ warningId }) => warningId)).toContain(`${first}-pd-high`);
    await running.close();
  });

  it('closes those whose trigger is gone where nothing was done, and tells the others; raised again, it is the same warning', async () => {
    begin();
    await rated('c-1', [
      ['PD_HIGH', 'pd-high'],
      ['PD_CRITICAL', 'pd-critical'],
    ]);
    await expect.poll(async () => (await standing()).length).toBe(2);
    const critical = (await standing()).find(({ code }) => code === 'PD_CRITICAL')!;
    const high = (await standing()).find(({ code }) => code === 'PD_HIGH')!;
    // At 20,000 policy runs shorter terms by itself; what a critical warning recommends needs approvals.
    await rated('c-1', []);
    await expect.poll(async () => (await running.desk.find(critical.warningId)).warning.outcome).toBe('ceased');
    await expect.poll(async () => (await running.desk.find(high.warningId)).warning.ceasedAt).not.toBeNull();
    await rated('c-1', [['PD_HIGH', 'pd-high']]);
    await expect
      .poll(async () => (await running.desk.find(high.warningId)).warning)
      .toMatchObject({ ceasedAt: null, sightings: 2, state: 'open' });
    expect((await standing()).map(({ warningId }) => warningId)).toEqual([high.warningId]);
    await running.close();
  });

  it('reads on where it left off, loses nothing while Temporal is down, and puts every event into the audit chain once', async () => {
    isTemporalDown = true;
    begin();
    await rated('c-1', [['PD_HIGH', 'pd-high']]);
    await expect.poll(async () => (await standing()).length).toBe(1);
    const [warning] = await standing();
    await rated('c-1', []);
    await expect(running.desk.act(warning!.warningId, { kind: 'acknowledge', ...officer })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    await running.close();
    isTemporalDown = false;
    begin();
    await expect.poll(async () => (await running.desk.find(warning!.warningId)).warning.ceasedAt).not.toBeNull();
    await running.desk.act(warning!.warningId, { kind: 'acknowledge', ...officer });
    const warnings = createWarnings(server.database, tenant);
    await expect.poll(() => warnings.unaudited(10)).toEqual([]);
    await running.close();
    const kept = [];
    for await (const record of storedRecords(server.database, tenant)) if (record.kind === 'warning') kept.push(record);
    expect(kept.map(({ subject }) => subject)).toEqual([pseudonyms.of('c-1'), pseudonyms.of('c-1')]);
    const bodies = kept.map(({ body }) => JSON.parse(Buffer.from(body?.bytes ?? []).toString()) as object);
    expect(bodies).toMatchObject([
      { revision: 1, event: { kind: 'ceased' } },
      { revision: 2, event: { kind: 'acknowledge', actor: 'li' } },
    ]);
    await expect(running.desk.find('9-xy')).rejects.toMatchObject({ code: 'UNKNOWN_WARNING' });
  });

  it('raises, sees again and lets go what signals show, without a rating, with its evidence in the audit chain', async () => {
    begin();
    const signals = createSignals(server.database, tenant);
    const look = async (day: string, level: 'warning' | 'critical' | null) => {
      const asOf = `2026-02-${day}T00:00:00.000Z`;
      const facts = [{ topic: 'limit_excess', table: 'credit_lines', key: 'l-1', on: '2026-01-31', amount: 500 }];
      const evidence = {
        asOf,
        snapshotId: 's',
        rules: 'r',
        rows: [],
        values: { limit_excess: 500 },
        facts,
        others: null,
        proposal: null,
      };
      const body = { look: `look-${day}`, at: asOf, segment: null, exposure: 1500, pd: null, grade: null, evidence };
      const seen = level === null ? [] : [{ customerId: 'c-7', code: 'CONCENTRATION', body: { ...body, level } }];
      await signals.keep({ asOf, looked: ['c-7'], seen, members: [] });
      await expect
        .poll(async () => [...(await signals.untold('new', 9)), ...(await signals.untold('known', 9))])
        .toEqual([]);
    };
    await look('01', 'warning');
    const [raised] = await standing();
    expect(raised).toMatchObject({
      customerId: 'c-7',
      code: 'CONCENTRATION',
      level: 'warning',
      exposure: 1500,
      sightings: 1,
    });
    expect(raised?.raisedBy.signals?.facts).toHaveLength(1);
    await look('01', 'warning');
    await look('02', 'critical');
    await look('02', 'critical');
    const { warningId } = raised!;
    expect((await running.desk.find(warningId)).warning).toMatchObject({
      level: 'critical',
      sightings: 2,
      state: 'open',
    });
    await running.desk.act(warningId, { kind: 'close', ...officer, outcome: 'false-alarm', reason: 'a wrong booking' });
    // Dealt with: the same again is no news, and gone it has nothing to be told.
    await look('03', null);
    expect(await standing()).toEqual([]);
    await look('04', 'warning');
    expect((await standing()).map((each) => each.warningId)).not.toContain(warningId);
    await look('05', null);
    await expect.poll(async () => (await standing()).length).toBe(0);
    await running.close();
    const kept = [];
    for await (const record of storedRecords(server.database, tenant)) if (record.kind === 'warning') kept.push(record);
    const kinds = kept.map(({ body }) => {
      const text = Buffer.from(body?.bytes ?? []).toString();
      return (JSON.parse(text) as { event: { kind: string } }).event.kind;
    });
    expect(kinds.toSorted()).toEqual(['ceased', 'close', 'raised', 'raised', 'seen']);
  });

  it('customers with equal details are one warning, told once, found at each of them with what was seen of it, and over with the last', async () => {
    begin();
    const signals = createSignals(server.database, tenant);
    const look = async (day: string, links: Record<string, string[]>, looked = Object.keys(links)) => {
      const asOf = `2026-02-${day}T00:00:00.000Z`;
      const seen = Object.keys(links).map((id): SeenTrigger => {
        const facts = [{ topic: 't', table: 'contacts', key: `detail of ${id}`, on: '2026-01-31', amount: null }];
        const evidence = {
          asOf,
          snapshotId: 's',
          rules: 'r',
          rows: ['identity two'],
          values: { identity_shared_kinds: 2 },
        };
        const others = { customers: 2, exposure: 200 };
        const body = { look: `look-${day}`, at: asOf, segment: null, exposure: 100, pd: 0.1, grade: 'B1' };
        return {
          customerId: id,
          code: 'IDENTITY_SHARED',
          body: {
            ...body,
            level: 'critical',
            evidence: { ...evidence, facts, others, proposal: null },
            circle: { kind: 'identity', subject: id },
          },
        };
      });
      const members = Object.entries(links).flatMap(([subject, others]) =>
        others.map((memberId) => ({ subject, kind: 'identity' as const, memberId, exposure: 100 })),
      );
      await signals.keep({ asOf, looked, seen, members });
      await expect
        .poll(async () => [...(await signals.untold('new', 9)), ...(await signals.untold('known', 9))])
        .toEqual([]);
    };
    // Three parts of one night, and the next night.
    await look('01', { b: ['a', 'c'] });
    await look('01', { a: ['b', 'c'] });
    await look('01', { c: ['a', 'b'] });
    await look('02', { a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] });
    const [warning, ...more] = await standing();
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ customerId: 'b', exposure: 300, sightings: 1, level: 'critical' });
    expect(warning?.raisedBy.signals).toMatchObject({
      circle: 'identity',
      others: { customers: 2, exposure: 200 },
      facts: [{ key: 'detail of b' }],
    });
    const { warningId } = warning!;
    const concerned = await running.desk.members(warningId, '', 9);
    expect(concerned.map(({ memberId, seen }) => [memberId, seen?.facts.map(({ key }) => key)])).toEqual([
      ['a', ['detail of a']],
      ['c', ['detail of c']],
    ]);
    const listedAt = async (customerId: string) =>
      (await running.desk.page({ customerId, limit: 9 })).map((each) => each.warning.warningId);
    for (const customerId of ['a', 'b', 'c']) expect(await listedAt(customerId)).toEqual([warningId]);
    expect(await listedAt('d')).toEqual([]);
    // What the subject had of its own before is nobody else's.
    const old = { ...warning!, warningId: 'old', closedAt: '2026-01-31T00:00:00.000Z', state: 'closed' } as const;
    await createWarnings(server.database, tenant).raise(old);
    expect(await listedAt('b')).toEqual(expect.arrayContaining(['old', warningId]));
    for (const customerId of ['a', 'c']) expect(await listedAt(customerId)).toEqual([warningId]);
    // Another one joins: news, once; the rest goes, one by one.
    await look('03', { d: ['a', 'b', 'c'], a: ['b', 'c', 'd'] });
    expect((await standing())[0]).toMatchObject({ sightings: 2, exposure: 400 });
    await look('04', { a: ['d'], d: ['a'] }, ['a', 'b', 'c', 'd']);
    expect((await standing())[0]).toMatchObject({ sightings: 3, exposure: 200, ceasedAt: null });
    expect((await standing())[0]?.lastSeen.signals?.others).toEqual({ customers: 2, exposure: 200 });
    // To another ring goes the last but one: what is left is seen, and the other ring's is told.
    await look('05', { e: ['f'] });
    await look('06', { d: ['e'], a: [] });
    expect((await standing()).map(({ customerId, exposure, ceasedAt }) => [customerId, exposure, ceasedAt])).toEqual([
      ['b', 100, null],
      ['e', 300, null],
    ]);
    await look('07', {}, ['a']);
    // A countermeasure was taken, so that a person closes it.
    await expect.poll(async () => (await standing()).map((each) => each.ceasedAt !== null)).toEqual([true, false]);
    // Until then it is listed at each of them.
    for (const customerId of ['a', 'c']) expect(await listedAt(customerId)).toEqual([warningId]);
    // Come again meanwhile, they are seen under it: with everybody whom it concerns.
    await look('08', { b: ['a', 'c'] });
    await look('08', { a: ['b', 'c'] });
    expect((await standing())[0]).toMatchObject({ warningId, ceasedAt: null, exposure: 300 });
    expect((await running.desk.members(warningId, '', 9)).map(({ memberId }) => memberId)).toEqual(['a', 'c']);
    await look('09', {}, ['a', 'b']);
    const recorded = async () => {
      const kinds = [];
      for await (const { kind, body } of storedRecords(server.database, tenant))
        if (kind === 'warning')
          kinds.push((JSON.parse(Buffer.from(body?.bytes ?? []).toString()) as { event: { kind: string } }).event.kind);
      return kinds;
    };
    const told = [...Array<string>(2).fill('raised'), ...Array<string>(5).fill('seen')];
    await expect.poll(async () => (await recorded()).toSorted()).toEqual(['ceased', 'ceased', ...told]);
    await running.close();
  });
});
