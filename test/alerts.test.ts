import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant, type Clock, type Tenant } from '../base/index.ts';
import {
  alertingSchema,
  applyWarningEvent,
  escalatedAlert,
  loadAlerting,
  loadWarningHandling,
  mailedPeople,
  raiseWarning,
  warningAlerts,
  type Alert,
  type ModelLook,
  type Sighting,
  type WarningEvent,
  type WarningLevel,
} from '../rating/index.ts';
import { createAppender } from '../records/audit/index.ts';
import { createChangeFeed, FEED_START } from '../records/changes/index.ts';
import { pseudonymsUnder } from '../records/ratings/index.ts';
import { createAlertMails, createAlerts } from '../records/alerts/index.ts';
import { createWarnings, type Warnings } from '../records/warnings/index.ts';
import { composeAlerts, type RunningAlerts } from '../serving/compose/alerts.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { inboxEntrySchema } from '../serving/openapi/inbox-paths.ts';
import { byName } from './serving/by-name.ts';
import { usualWorld } from './serving/world.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';
import { startMailServer, type TestMailServer } from './support/mail-server.ts';
import { until } from './support/until.ts';

const tenant = 'acme' as Tenant;
const handling = {
  ...loadWarningHandling(null),
  staff: [{ segment: null, owner: 'key:li', deputy: 'key:zhao' }],
};
const alerting = alertingSchema.parse({
  ...loadAlerting(null),
  people: [
    { actor: 'key:li', email: 'li@example.com', language: 'en', roles: ['credit-officer'] },
    { actor: 'key:zhao', email: 'zhao@example.cn', language: 'zh-CN' },
  ],
});
let smtp: TestMailServer;
let database: TestDatabase;
let warnings: Warnings;
let alerts: RunningAlerts;
let server: RunningServer;
let ahead = 0;
let looks: readonly ModelLook[] = [];
const clock: Clock = { now: () => instant(Date.now() + ahead) };
beforeAll(async () => {
  smtp = await startMailServer();
  database = await startTestDatabase();
  warnings = createWarnings(database.database, tenant);
  alerts = composeAlerts({
    tenant,
    database: database.database,
    alerting,
    handling,
    appender: createAppender(database.database, tenant),
    pseudonyms: pseudonymsUnder(Buffer.alloc(32, 1)),
    looks: async () => looks,
    deadlines: null,
    reconciliations: async () => [],
    givenUpWebhooks: async () => [],
    meanings: async () => new Map([['PD_HIGH', { en: 'PD is high.', 'zh-CN': '违约概率偏高。' }]]),
    mail: { smtp: smtp.url, from: 'Probity <probity@example.com>' },
    clock,
    logger: pino({ level: 'silent' }),
    lookMs: 20,
  });
  alerts.start();
  server = await startServer({ ...usualWorld().deps, alerts: alerts.desk, authenticate: byName }, { port: 0 });
});
afterAll(async () => {
  await server?.close();
  await alerts?.close();
  await smtp?.close();
  await database?.stop();
});
beforeEach(() => {
  smtp.refuse = () => null;
  smtp.taken.length = 0;
});

let raisedSoFar = 0;
async function raise(level: WarningLevel = 'warning') {
  const at = new Date().toISOString();
  const warningId = `w-${raisedSoFar++}`;
  const sighting = { ratingId: '1-aa', level, exposure: 8000, pd: 0.09, grade: 'C1', at } as const;
  const request = { warningId, customerId: `C-${warningId}`, segment: null, code: 'PD_HIGH', sighting };
  return (await warnings.raise(raiseWarning(request, handling, at))).warning;
}
async function act(warningId: string, event: WarningEvent): Promise<void> {
  const { warning, revision } = (await warnings.find(warningId))!;
  const at = new Date().toISOString();
  await warnings.save(applyWarningEvent(at, warning, event, handling), revision + 1, event, at);
}
async function ask(path: string, as: string, body?: unknown, language = 'en') {
  const response = await fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${as}`, 'accept-language': language },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const inbox = async (as: string, query = 'state=unread') =>
  inboxEntrySchema.array().parse((await ask(`/v1/inbox?${query}`, as)).body['items']);
const about = (as: string, warningId: string) =>
  until(async () => (await inbox(as)).find((each) => each.about === warningId) ?? null);
const plain = (mail: string): string => mail.replaceAll('=\r\n', '').replaceAll('\r\n', '\n');

describe('a warning', () => {
  it('is in its owner’s inbox and mail, in the owner’s language, and in nobody else’s', async () => {
    const { warningId } = await raise();
    const entry = await about('li:credit-officer', warningId);
    expect(entry).toMatchObject({ cause: 'raised', level: 'warning', customerId: `C-${warningId}`, readAt: null });
    expect(entry.text).toContain('PD is high.');
    expect(await inbox('zhao:credit-officer')).toEqual([]);
    const mail = plain(await until(async () => smtp.taken[0] ?? null));
    expect(mail).toContain('To: li@example.com');
    expect(mail).toContain(`Reference: ${warningId}`);
    expect(mail).not.toContain(`C-${warningId}`);
    await until(async () => (await alerts.desk.counts()).mails.delivered === 1);
    const zh = await ask('/v1/inbox', 'li:credit-officer', undefined, 'zh-CN');
    expect(JSON.stringify(zh.body)).toContain('违约概率偏高。');
  });

  it('is unread until its reader marks it, and entries of others cannot be marked', async () => {
    const { warningId } = await raise();
    const { alertId } = await about('li:credit-officer', warningId);
    const before = Number((await ask('/v1/inbox:count', 'li:credit-officer')).body['unread']);
    expect((await ask('/v1/inbox:read', 'zhao:credit-officer', { alertIds: [alertId] })).status).toBe(404);
    const missing = '0'.repeat(32);
    const mixed = await ask('/v1/inbox:read', 'li:credit-officer', { alertIds: [alertId, missing] });
    expect(mixed).toMatchObject({ status: 404, body: { problems: [{ at: 'alertIds.1' }] } });
    expect((await ask('/v1/inbox:count', 'li:credit-officer')).body).toEqual({ unread: before });
    for (let i = 0; i < 2; i++)
      expect((await ask('/v1/inbox:read', 'li:credit-officer', { alertIds: [alertId] })).body).toEqual({
        unread: before - 1,
      });
    expect((await inbox('li:credit-officer')).some((each) => each.alertId === alertId)).toBe(false);
    const all = await inbox('li:credit-officer', 'state=all&limit=1');
    expect(all[0]).toMatchObject({ alertId, readAt: expect.any(String) as string });
  });

  it('goes to the deputy when its deadline passes, and pages hold every entry once, newest first', async () => {
    const { warningId } = await raise();
    await about('li:credit-officer', warningId);
    await act(warningId, { kind: 'time-passed' });
    expect((await about('zhao:viewer', warningId)).cause).toBe('escalated');
    const alert = {
      kind: 'warning',
      cause: 'escalated',
      about: warningId,
      level: 'warning',
      code: expect.any(String) as string,
    };
    expect(await alertsOf(warningId)).toMatchObject([{ customerId: `C-${warningId}`, after: alert }]);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? 'limit=2' : `limit=2&cursor=${cursor}`;
      const { body } = await ask(`/v1/inbox?${query}`, 'li:credit-officer');
      seen.push(...(body['items'] as { at: string; alertId: string }[]).map(({ at, alertId }) => `${at} ${alertId}`));
      cursor = body['nextCursor'] as string | null;
    } while (cursor !== null);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
  });
});

/** What the change feed, and with it webhooks, tells of alerts about a thing. */
async function alertsOf(about: string) {
  const { changes } = await createChangeFeed(database.database, tenant).read(FEED_START, {
    limit: 1000,
    types: ['alert'],
  });
  return changes.filter((each) => each.type === 'alert' && each.after?.about === about);
}

describe('an alarm of a model', () => {
  it('is in the inbox of the roles that follow models, once for a run of looks that show it', async () => {
    const look = (reportId: string, day: string, result: ModelLook['result']): ModelLook => ({
      reportId,
      slot: 'main/*/12m',
      model: 'm',
      madeAt: instant(Date.now() - (5 - Number(day)) * 86_400_000),
      result,
    });
    looks = [
      look('r4', '04', 'alarm'),
      look('r3', '03', 'alarm'),
      look('r2', '02', 'quiet'),
      look('r1', '01', 'immaterial'),
    ];
    const [entry] = await until(async () => {
      const found = await inbox('ma:modeller');
      return found.length > 0 ? found : null;
    });
    expect(entry).toMatchObject({ kind: 'monitoring', cause: 'alarm', about: 'r3', customerId: null });
    expect(entry!.text).toContain('main/*/12m');
    expect((await inbox('ma:modeller')).length).toBe(1);
    // One for systems, whoever is told.
    const alert = { kind: 'monitoring', cause: 'alarm', about: 'r3', level: 'warning', code: 'MODEL_ALARM' };
    expect(await alertsOf('r3')).toMatchObject([{ customerId: null, subject: null, before: null, after: alert }]);
    looks = [];
  });
});

describe('the change feed', () => {
  const told = async (warningId: string) => {
    const { changes } = await createChangeFeed(database.database, tenant).read(FEED_START, { limit: 1000 });
    return changes.filter((each) => each.type === 'instruction' && each.after?.warningId === warningId);
  };
  const told1 = (warningId: string, count: number) =>
    until(async () => {
      const found = await told(warningId);
      return found.length >= count ? found : null;
    });

  it('tells the ERP each instruction once: what policy lets run, what a person approved, and what is to be taken back', async () => {
    const { warningId } = await raise();
    const byPolicy = {
      measureId: `${warningId}.1`,
      warningId,
      measure: 'shorter-terms',
      action: 'carry-out',
      exposure: 8000,
      dueBy: expect.any(String) as string,
    };
    expect(await told1(warningId, 1)).toMatchObject([{ customerId: `C-${warningId}`, after: byPolicy }]);
    const manager = { actor: 'key:wang', roles: ['credit-manager'] } as const;
    const officer = { actor: 'key:li', roles: ['credit-officer'] } as const;
    const erp = { actor: 'key:erp', roles: ['applicant-system'] } as const;
    // Nobody's approval, nobody's instruction.
    await act(warningId, { kind: 'propose', measure: 'limit-cut', reason: 'too large', ...officer });
    await act(warningId, { kind: 'confirm', measureId: `${warningId}.1`, ...erp });
    await act(warningId, { kind: 'undo', measureId: `${warningId}.1`, reason: 'paid', ...manager });
    const { warning } = (await warnings.find(warningId))!;
    const cut = warning.measures.find(({ code }) => code === 'limit-cut')!;
    const expected = [
      'carry-out shorter-terms',
      ...(cut.state === 'approved' ? ['carry-out limit-cut'] : []),
      'undo shorter-terms',
    ];
    const changes = await told1(warningId, expected.length);
    expect(
      changes
        .map(({ after }) => (after === null || !('measure' in after) ? '' : `${after.action} ${after.measure}`))
        .toSorted(),
    ).toEqual(expected.toSorted());
    await act(warningId, { kind: 'confirm', measureId: `${warningId}.1`, ...erp });
    await act(warningId, { kind: 'acknowledge', ...officer });
    await until(
      async () =>
        (
          await database.database.db
            .selectFrom('early_warnings')
            .select('told')
            .where('warning_id', '=', warningId)
            .executeTakeFirstOrThrow()
        ).told === 5,
    );
    expect(await told(warningId)).toEqual(changes);
  });

  it('tells of a trigger that no rating shows, when it is raised and when it is gone', async () => {
    const at = new Date().toISOString();
    const sighting = {
      ratingId: 'look',
      level: 'watch',
      exposure: null,
      pd: 0.01,
      grade: 'A',
      at,
      signals: {},
    } as Sighting;
    const request = { warningId: 'signal-1', customerId: 'C-signal', segment: null, code: 'BUST_OUT', sighting };
    await warnings.raise(raiseWarning(request, handling, at));
    const of = async () => {
      const { changes } = await createChangeFeed(database.database, tenant).read(FEED_START, {
        limit: 1000,
        types: ['warning'],
      });
      return changes.filter(({ customerId }) => customerId === 'C-signal').map(({ after }) => after);
    };
    await until(async () => (await of()).length === 1);
    await act('signal-1', { kind: 'ceased', ratingId: 'look-2' });
    await until(async () => (await of()).length === 2);
    expect(await of()).toEqual([
      { code: 'BUST_OUT', raised: true },
      { code: 'BUST_OUT', raised: false },
    ]);
  });
});

describe('an e-mail that is not taken', () => {
  it('is tried again, under the same message id, and counted', async () => {
    let left = 2;
    const ids: string[] = [];
    smtp.refuse = () => (left-- > 0 ? 451 : null);
    const { retries } = await alerts.desk.counts();
    await raise();
    await until(async () => (await alerts.desk.counts()).retries > retries || left < 2);
    // Its pauses are over.
    ahead += 60_000;
    await until(async () => {
      ahead += 5_000;
      return smtp.taken.length === 1;
    });
    ids.push(/Message-ID: (\S+)/.exec(smtp.taken[0] ?? '')?.[1] ?? '');
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@example.com>$/);
    await until(async () => (await alerts.desk.counts()).retries === retries + 2);
  });

  it('and never will be, is dead, and the deputy is told instead, then the role, then nobody', async () => {
    smtp.refuse = (to) => (to === 'li@example.com' || to === 'zhao@example.cn' ? 550 : null);
    const { escalated, mails } = await alerts.desk.counts();
    const { warningId } = await raise('critical');
    const deputys = await about('zhao:viewer', warningId);
    expect(deputys).toMatchObject({ cause: 'raised', insteadOf: 'key:li' });
    expect((await about('wang:credit-officer', warningId)).insteadOf).toBe('key:zhao');
    await until(async () => {
      const now = await alerts.desk.counts();
      return now.escalated >= escalated + 3 && now.mails.pending === mails.pending;
    });
    // The manager has no address: the inbox is where it ends.
    expect((await about('boss:credit-manager', warningId)).insteadOf).toBe('credit-officer');
    const metrics = await fetch(`${server.url}/metrics`, { headers: { authorization: 'Bearer a:admin' } });
    expect(await metrics.text()).toMatch(/probity_alert_mails\{state="dead"\} [3-9]/);
  });

  it('and was taken up by a server that died is sent by another, under the same id', async () => {
    const other = 'globex' as Tenant;
    const mailed = (alert: Alert) => mailedPeople(alert, alerting);
    const mails = createAlertMails(database.database, other, mailed, escalatedAlert);
    const at = '2026-03-01T08:00:00.000Z';
    const sighting = { ratingId: '1-aa', level: 'warning', exposure: 8000, pd: 0.09, grade: 'C1', at } as const;
    const request = { warningId: 'w', customerId: 'C', segment: null, code: 'PD_HIGH', sighting };
    const told = warningAlerts(raiseWarning(request, handling, at), [], -1, { handling, meaning: null, at });
    const alertsOfOther = createAlerts(database.database, other, mailed);
    await alertsOfOther.put(told);
    await alertsOfOther.put(told);
    const claim = (now: string, until: string) => mails.claim(instant(now), instant(until), 10);
    const [first] = await claim('2026-03-01T08:00:01Z', '2026-03-01T08:05:01Z');
    expect(first).toMatchObject({ actor: 'key:li', alert: told[0] });
    expect(await claim('2026-03-01T08:05:00Z', '2026-03-01T08:10:00Z')).toEqual([]);
    expect(await claim('2026-03-01T08:05:02Z', '2026-03-01T08:10:00Z')).toEqual([first]);
    await mails.settle(first!, { kind: 'sent' }, instant('2026-03-01T08:05:03Z'));
    expect(await claim('2026-03-01T09:00:00Z', '2026-03-01T09:10:00Z')).toEqual([]);
    // One that was sent twice is settled once.
    await mails.settle(first!, { kind: 'bounced', code: '550' }, instant('2026-03-01T08:05:04Z'));
    expect(await mails.counts()).toMatchObject({ mails: { delivered: 1, dead: 0 }, escalated: 0 });
  });
});
