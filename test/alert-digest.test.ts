import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant, type Clock, type Tenant } from '../base/index.ts';
import { alertingSchema, loadAlerting, loadWarningHandling, raiseWarning, type WarningLevel } from '../rating/index.ts';
import { createAppender } from '../records/audit/index.ts';
import { pseudonymsUnder } from '../records/ratings/index.ts';
import { createWarnings } from '../records/warnings/index.ts';
import { composeAlerts, type RunningAlerts } from '../serving/compose/alerts.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';
import { startMailServer, type TestMailServer } from './support/mail-server.ts';
import { until } from './support/until.ts';

const tenant = 'acme' as Tenant;
const handling = { ...loadWarningHandling(null), staff: [{ segment: null, owner: 'key:sun', deputy: 'key:zhao' }] };
const alerting = alertingSchema.parse({
  ...loadAlerting(null),
  people: [
    { actor: 'key:sun', email: 'sun@example.cn', language: 'zh-CN', emailFrom: 'watch', digestMinutes: 240 },
    { actor: 'key:zhao', email: 'zhao@example.cn', language: 'zh-CN' },
  ],
});
let smtp: TestMailServer;
let database: TestDatabase;
let alerts: RunningAlerts;
let ahead = 0;
const clock: Clock = { now: () => instant(Date.now() + ahead) };

beforeAll(async () => {
  smtp = await startMailServer();
  database = await startTestDatabase();
  alerts = composeAlerts({
    tenant,
    database: database.database,
    alerting,
    handling,
    appender: createAppender(database.database, tenant),
    pseudonyms: pseudonymsUnder(Buffer.alloc(32, 1)),
    looks: async () => [],
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
});
afterAll(async () => {
  await alerts?.close();
  await smtp?.close();
  await database?.stop();
});
beforeEach(() => {
  smtp.refuse = () => null;
  smtp.taken.length = 0;
});

let raisedSoFar = 0;
async function raise(level: WarningLevel) {
  const warningId = `w-${raisedSoFar++}`;
  const at = clock.now();
  const sighting = { ratingId: '1-aa', level, exposure: 8000, pd: 0.09, grade: 'C1', at } as const;
  const request = { warningId, customerId: `C-${warningId}`, segment: null, code: 'PD_HIGH', sighting };
  return (await createWarnings(database.database, tenant).raise(raiseWarning(request, handling, at))).warning;
}
/** The entry of a person's inbox about a warning, once it is there. */
const about = (actor: string, warningId: string) =>
  until(async () => {
    const entries = await alerts.desk.inbox({ actor, roles: [] }, { unread: true, before: undefined, limit: 100 });
    return entries.find(({ alert }) => alert.about === warningId) ?? null;
  });
const plain = (mail: string): string => mail.replaceAll('=\r\n', '').replaceAll('\r\n', '\n');

describe('a digest', () => {
  const PERIOD = 240 * 60_000;
  const header = (mail: string, name: string): string =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(plain(mail))?.[1] ?? '';
  /** The text of an e-mail as its reader sees it. */
  const textOf = (mail: string): string => {
    const [head = '', ...body] = mail.split('\r\n\r\n');
    const text = body.join('\r\n\r\n');
    return /base64/i.test(header(head, 'Content-Transfer-Encoding'))
      ? Buffer.from(text, 'base64').toString()
      : plain(text);
  };
  /** The clock stands at the beginning of a person's next period. */
  const beginPeriod = () => {
    const now = Date.now() + ahead;
    ahead += Math.ceil(now / PERIOD) * PERIOD - now + 1_000;
  };
  const raiseNow = async (level: WarningLevel) => (await raise(level)).warningId;

  it('leaves by the mail server as one letter at the end of its period, what is critical alone and at once', async () => {
    beginPeriod();
    const before = (await alerts.desk.counts()).mails;
    const held = [await raiseNow('watch'), await raiseNow('warning')];
    const urgent = await raiseNow('critical');
    const alone = await until(async () => smtp.taken[0] ?? null);
    expect(header(alone, 'To')).toBe('sun@example.cn');
    expect(textOf(alone)).toContain(urgent);
    for (const each of held) {
      // At once in the inbox.
      expect((await about('key:sun', each)).readAt).toBeNull();
      expect(textOf(alone)).not.toContain(each);
    }
    await until(async () => (await alerts.desk.counts()).mails.pending === before.pending + 2);
    ahead += PERIOD - 60_000;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(smtp.taken).toHaveLength(1);
    ahead += 120_000;
    const letter = await until(async () => smtp.taken[1] ?? null);
    const text = textOf(letter);
    for (const each of held) {
      expect(text).toContain(each);
      expect(letter).not.toContain(`C-${each}`);
    }
    // The more severe first.
    expect(text.indexOf(held[1]!)).toBeLessThan(text.indexOf(held[0]!));
    expect(text).toMatch(/1\/2[\s\S]*违约概率偏高。[\s\S]*2\/2/);
    await until(async () => (await alerts.desk.counts()).mails.delivered === before.delivered + 3);
    expect((await alerts.desk.counts()).mails.pending).toBe(before.pending);
    expect(smtp.taken).toHaveLength(2);
  });

  it('that the server does not take is tried again whole, and one that it never takes tells the deputy of each', async () => {
    beginPeriod();
    const { retries } = await alerts.desk.counts();
    let left = 1;
    smtp.refuse = () => (left-- > 0 ? 451 : null);
    const held = [await raiseNow('warning'), await raiseNow('warning')];
    for (const each of held) await about('key:sun', each);
    ahead += PERIOD;
    await until(async () => (await alerts.desk.counts()).retries > retries);
    ahead += 60_000;
    const letter = await until(async () => smtp.taken[0] ?? null);
    for (const each of held) expect(textOf(letter)).toContain(each);
    await until(async () => (await alerts.desk.counts()).mails.pending === 0);
    expect(smtp.taken).toHaveLength(1);

    beginPeriod();
    smtp.refuse = (to) => (to === 'sun@example.cn' ? 550 : null);
    const lost = [await raiseNow('warning'), await raiseNow('warning')];
    for (const each of lost) await about('key:sun', each);
    ahead += PERIOD;
    for (const each of lost) expect((await about('key:zhao', each)).alert.insteadOf).toBe('key:sun');
  });
});
